"""Whose traffic a page shows: the choice, and what it says of the rest."""

from collections.abc import Mapping

import streamlit as st

from backend.contract.query.sources import CUSTOMERS, SOURCES, Source

NAMES: dict[Source, str] = {
    "client": "Clients",
    "console": "This console",
    "batch": "Batch jobs",
    "probe": "Monitor's probes",
    "simulation": "Simulation",
    "shadow": "Shadow copies",
}
WITHOUT_PROBES: tuple[Source, ...] = tuple(each for each in SOURCES if each != "probe")
_EACH: dict[str, tuple[Source, ...]] = {name: (source,) for source, name in NAMES.items()}
LISTED = {"All but probes": WITHOUT_PROBES, "Everything": SOURCES} | _EACH
"""The choices of a list, its usual one first."""
JUDGED = {"Customers": CUSTOMERS, "Everything": SOURCES} | _EACH
"""The choices of a page that judges, its usual one first."""
JUDGED_HELP = (
    "Customers are clients and batch jobs: alarms and retraining follow from their traffic alone. "
    "Another choice only changes what this page shows."
)


def choose_sources(
    name: str, choices: Mapping[str, tuple[Source, ...]], words: str | None = None
) -> tuple[Source, ...]:
    """Let the operator choose whose traffic is shown; ``name`` is the prefix of the key."""
    chosen = st.selectbox(
        "Traffic", list(choices), key=f"{name}_traffic", help=words, bind="query-params"
    )
    return choices[chosen]


def hidden_words(requests_by_source: Mapping[Source, int]) -> str:
    """Return how many of the monitor's probes are hidden, to follow another sentence; empty without any.

    >>> hidden_words({"client": 20, "probe": 1_440})
    " 1,440 of the monitor's probes are hidden."
    """
    probes = requests_by_source.get("probe", 0)
    if not probes:
        return ""
    are = "is" if probes == 1 else "are"
    return f" {probes:,} of the monitor's probes {are} hidden."


def left_out_words(left_out: Mapping[Source, int]) -> str:
    """Return how many predictions of a window are not judged, to follow another sentence; empty if none.

    >>> left_out_words({"console": 3, "probe": 1_440})
    " Not counted: 3 of this console, 1,440 of the monitor's probes."
    """
    if not left_out:
        return ""
    parts = (f"{count:,} of {_WRITTEN[source]}" for source, count in left_out.items())
    return f" Not counted: {', '.join(parts)}."


_WRITTEN: dict[Source, str] = {
    "client": "clients",
    "console": "this console",
    "batch": "batch jobs",
    "probe": "the monitor's probes",
    "simulation": "simulations",
    "shadow": "shadow copies",
}
