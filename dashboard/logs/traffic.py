"""The facet of whose traffic rows are."""

from collections.abc import Sequence

from backend.contract.query.sources import Source
from dashboard.logs.counts import BY_SOURCE, FacetChoice
from dashboard.shared.sources import LISTED


def traffic_facet(name: str, sources: Sequence[Source]) -> FacetChoice:
    """Return the facet of a list; ``name`` is the prefix of its filter's key."""
    return FacetChoice(
        "Traffic",
        f"{name}_traffic",
        sources[0] if len(sources) == 1 else None,
        BY_SOURCE.__getitem__,
        next(iter(LISTED)),
        BY_SOURCE.__getitem__,
    )
