"""Who did something, as a person reads it: the person, the named key, or the role of a shared one."""


def actor_words(actor: str, person: str | None = None) -> str:
    """Write a key or process, after the person who gave a name.

    Examples
    --------
    >>> actor_words("operator"), actor_words("cron (operator)")
    ('Operator', 'cron (operator)')
    >>> actor_words("operator", "Ada"), actor_words("cron (operator)", "Ada")
    ('Ada (operator)', 'Ada (cron, operator)')
    """
    if person:
        return f"{person} ({actor.replace(' (', ', ').removesuffix(')')})"
    return actor if "(" in actor else actor.capitalize()
