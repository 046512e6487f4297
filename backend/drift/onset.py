"""Since when one column is beyond its expected range: from the steps of its timeline."""

from collections.abc import Sequence

from backend.contract.drift.timeline import DriftOnset, TimelinePoint


def onset_of(timeline: Sequence[TimelinePoint]) -> DriftOnset:
    """Find the first step beyond the expected range and the last within it before.

    A running step within the range ends no drift: it has few rows yet, so its range is wide.

    Parameters
    ----------
    timeline
        In order of time. Steps with too few rows to compare are passed over.
    """
    compared = [point for point in timeline if point.beyond is not None]
    beyond = [point.since for point in compared if point.beyond]
    settled = [point for point in compared if point.beyond or not point.unfinished]
    within = [point.since for point in settled if not point.beyond]
    goes_on = bool(settled and settled[-1].beyond)
    last_within = within[-1] if within else None
    first = [since for since in beyond if last_within is None or since > last_within]
    return DriftOnset(
        steps=len(timeline),
        steps_compared=len(compared),
        steps_beyond=len(beyond),
        first_beyond=first[0] if goes_on else None,
        last_within=last_within if goes_on else None,
        last_beyond=beyond[-1] if beyond else None,
    )
