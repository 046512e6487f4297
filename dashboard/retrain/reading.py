"""Which retraining the page follows: the running one, else a queued one, else the last one followed."""

from dataclasses import dataclass

import streamlit as st

from backend.client import HousingClient
from backend.contract.retraining.runs import RetrainingResponse, RetrainingRow, RetrainingsQuery

FOLLOWED = "retrain_followed"
"""Session state: the id of the retraining that is followed, also after its end."""
MOST_OPEN = 20


@dataclass(frozen=True)
class RetrainingReading:
    """The followed retraining, if there is one, and how many others are queued."""

    job: RetrainingResponse | None
    others_waiting: int

    @property
    def is_open(self) -> bool:
        """Whether it is queued or running."""
        return self.job is not None and self.job.state in ("pending", "running")


def read_retraining(client: HousingClient) -> RetrainingReading:
    """Ask the service which retraining to follow, and for everything about it.

    Raises
    ------
    ClientError
        If one of the calls fails.
    """
    query = RetrainingsQuery(state="pending,running", limit=MOST_OPEN)
    rows = client.retrainings(query).retrainings
    followed = _first(rows) or st.session_state.get(FOLLOWED)
    if followed is None:
        return RetrainingReading(None, 0)
    st.session_state[FOLLOWED] = followed
    job = client.retraining(followed)
    waiting = [row for row in rows if row.state == "pending" and row.trigger_id != followed]
    return RetrainingReading(job, len(waiting))


def follow(trigger_id: str | None) -> None:
    """Follow a retraining from now on; None: the next one."""
    st.session_state[FOLLOWED] = trigger_id


def _first(rows: list[RetrainingRow]) -> str | None:
    """Return the running one, or else the one that has been queued longest."""
    oldest_first = sorted(rows, key=lambda row: (row.state != "running", row.trigger_id))
    return oldest_first[0].trigger_id if oldest_first else None
