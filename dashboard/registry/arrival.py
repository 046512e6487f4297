"""After a change of the champion: whether every worker serves it yet, checked until it does."""

import time
from dataclasses import dataclass, field

import streamlit as st

from backend.client import HousingClient
from backend.contract.models.registry import ChampionChangeKind, ModelVersion
from dashboard.shared.service import asking_service, housing_client

ARRIVAL = "registry_arrival"
"""Session state: the last change of this session, or absent."""
PAUSE_SECONDS = 0.5
PATIENCE_SECONDS = 30.0
DONE: dict[ChampionChangeKind, str] = {"promotion": "Promoted", "rollback": "Rolled back"}


@dataclass
class Arrival:
    """A change under way; ``seconds`` from the click until every worker served it, None before.

    ``workers`` counts the workers by the version that each serves.
    """

    kind: ChampionChangeKind
    version: ModelVersion
    clicked_at: float
    seconds: float | None = None
    workers: dict[str, int] = field(default_factory=dict)

    def begin(self) -> None:
        """Let the page check for it from now on."""
        st.session_state[ARRIVAL] = self

    def check(self, client: HousingClient) -> str | None:
        """Check whether every worker serves it; return why one refuses it, if one does.

        Raises
        ------
        ClientError
            If the service does not answer.
        """
        health = client.health()
        if health.refused_version == self.version.version:
            return health.refused_reason
        self.workers = health.workers_by_version
        if set(self.workers) == {self.version.version}:
            self.seconds = self.waited()
        return None

    def waited(self) -> float:
        """Return the seconds since the click."""
        return time.monotonic() - self.clicked_at

    def progress_words(self) -> str:
        """Say how many workers serve it, such as "1 of 4 workers"."""
        served, total = self.workers.get(self.version.version, 0), sum(self.workers.values())
        return f"{served} of {total} {'worker' if total == 1 else 'workers'}"


def clicked_now(kind: ChampionChangeKind, version: ModelVersion) -> Arrival:
    """Return a change that is clicked on now; ``begin`` it once the service has accepted it."""
    return Arrival(kind, version, time.monotonic())


def draw_arrival() -> None:
    """Draw how far the last change of this session is."""
    arrival: Arrival | None = st.session_state.get(ARRIVAL)
    if arrival is None:
        return
    with st.container(key="registry_arrival_state"):
        if arrival.seconds is None:
            st.fragment(_draw_waiting, run_every=PAUSE_SECONDS)()
        else:
            st.success(arrived_words(arrival), icon=":material/check_circle:")


def _draw_waiting() -> None:
    arrival: Arrival | None = st.session_state.get(ARRIVAL)
    if arrival is None:
        return
    with asking_service():
        refusal = arrival.check(housing_client())
        if arrival.seconds is not None:
            st.rerun()
        elif refusal is not None:
            st.error(
                f"A worker refused `{arrival.version.version}` and still serves the previous version: "
                f"{refusal} Roll back, or repair the version's files.",
                icon=":material/error:",
            )
        else:
            _draw_patience(arrival)


def _draw_patience(arrival: Arrival) -> None:
    waited = arrival.waited()
    if waited < PATIENCE_SECONDS:
        st.info(
            f"`{arrival.version.version}` is the champion. Loading: {arrival.progress_words()}, "
            f"{waited:.0f} s so far.",
            icon=":material/sync:",
        )
        return
    st.warning(
        f"After {waited:.0f} s only {arrival.progress_words()} serve `{arrival.version.version}`. "
        "See *Logs* for the cause.",
        icon=":material/hourglass_bottom:",
    )


def arrived_words(arrival: Arrival) -> str:
    """Say that every worker serves it, and how soon; Markdown."""
    return (
        f"{DONE[arrival.kind]}: every worker serves `{arrival.version.version}`, "
        f"{arrival.seconds or 0.0:.1f} s after the click."
    )
