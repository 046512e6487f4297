"""Pieces of HTML: everything that is written into them is escaped."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape


def text(words: object) -> str:
    """Escape words for HTML, also within an attribute.

    >>> text('<b> & "quotes"')
    '&lt;b&gt; &amp; &quot;quotes&quot;'
    """
    return escape(str(words), quote=True)


def element(name: str, content: str, **attributes: object) -> str:
    """Return an element with markup as content; attributes are escaped, ``_`` in their names is a hyphen.

    >>> element("p", text("a < b"), id="one")
    '<p id="one">a &lt; b</p>'
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text(value)}"' for key, value in attributes.items()
    )
    return f"<{name}{given}>{content}</{name}>"


def paragraph(words: str, **attributes: object) -> str:
    """Return a paragraph of plain words."""
    return element("p", text(words), **attributes)


def bullets(sentences: Iterable[str]) -> str:
    """Return a list of plain sentences; empty without any."""
    items = "".join(element("li", text(each)) for each in sentences)
    return element("ul", items) if items else ""


def facts(named: Mapping[str, str]) -> str:
    """Return a table of names and values, both plain words."""
    rows = "".join(
        element("tr", element("th", text(name), scope="row") + element("td", text(value)))
        for name, value in named.items()
    )
    return element("table", element("tbody", rows))


def table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; the titles are plain words, the cells are markup, the first of a row its name."""
    head = element("tr", "".join(element("th", text(title), scope="col") for title in titles))
    body = "".join(
        element(
            "tr", element("th", row[0], scope="row") + "".join(element("td", c) for c in row[1:])
        )
        for row in rows
    )
    return element("table", element("thead", head) + element("tbody", body))
