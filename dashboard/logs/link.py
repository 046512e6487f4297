"""The address of one request, to be copied."""

from urllib.parse import urlencode, urlsplit, urlunsplit

import streamlit as st

from dashboard.navigation import LOGS


def link_to(name: str, here: str | None) -> str:
    """Return the address of the *Logs* page with what has a name; ``here`` is any page's address.

    Examples
    --------
    >>> link_to("order 17", "http://console:8501/overview?x=1")
    'http://console:8501/logs?find=order+17'
    >>> link_to("a", "https://example.com/console/logs")
    'https://example.com/console/logs?find=a'
    """
    query = urlencode({"find": name})
    if here is None:
        return f"/{LOGS.name}?{query}"
    place = urlsplit(here)
    folder = place.path.rpartition("/")[0]
    return urlunsplit((place.scheme, place.netloc, f"{folder}/{LOGS.name}", query, ""))


def draw_link(key: str, name: str) -> None:
    """Draw the address with its button for copying."""
    with st.popover("Copy link", icon=":material/link:", key=f"{key}_link"):
        st.code(link_to(name, st.context.url), language=None, wrap_lines=True)
