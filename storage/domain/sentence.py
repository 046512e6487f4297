"""Labels and nouns as they stand in a sentence."""


def in_sentence(label: str) -> str:
    """Return a label as it stands within a sentence; an abbreviation keeps its capitals.

    Examples
    --------
    >>> in_sentence("Median income"), in_sentence("BMI"), in_sentence("X")
    ('median income', 'BMI', 'X')
    """
    return f"{label[0].lower()}{label[1:]}" if label[1:2].islower() else label


def with_article(noun: str) -> str:
    """Return a noun with its article.

    Examples
    --------
    >>> with_article("block group"), with_article("apartment")
    ('a block group', 'an apartment')
    """
    return f"{'an' if noun[0].lower() in 'aeiou' else 'a'} {noun}"
