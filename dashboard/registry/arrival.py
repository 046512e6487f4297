"""After a change of the champion: whether every worker serves it yet, looked at until it does."""

import re
import time
from dataclasses import dataclass

import streamlit as st

from backend.client import HousingClient
from backend.contract.models import ChampionChangeKind, ModelVersion
from dashboard.shared.service import asking_service, housing_client

ARRIVAL = "registry_arrival"
"""Session state: the change that is awaited or has arrived, or absent."""
LOOK_SECONDS = 0.5
PATIENCE_SECONDS = 30.0
BOUNDS = re.compile(
    r"^ml_champion_trained_(?:lowest|highest)_timestamp_seconds (\S+)$", re.MULTILINE
)
"""When the oldest and the newest version that any worker serves were trained."""
DONE: dict[ChampionChangeKind, str] = {"promotion": "Promoted", "rollback": "Rolled back"}


@dataclass
class Arrival:
    """A change on its way; ``seconds`` from the click until every worker served it, None before."""

    kind: ChampionChangeKind
    version: ModelVersion
    clicked_at: float
    seconds: float | None = None

    def begin(self) -> None:
        """Let the page look for it from now on."""
        st.session_state[ARRIVAL] = self

    def look(self, client: HousingClient) -> str | None:
        """Look whether every worker serves it; return why one refuses it, if one does.

        Raises
        ------
        ClientError
            If the service does not answer.
        """
        health = client.health()
        if health.refused_version == self.version.version:
            return health.refused_reason
        if health.model_version == self.version.version and self._is_everywhere(client.metrics()):
            self.seconds = self.waited()
        return None

    def waited(self) -> float:
        """Return the seconds since the click."""
        return time.monotonic() - self.clicked_at

    def _is_everywhere(self, exposition: str) -> bool:
        trained = self.version.created_at.timestamp()
        served = [float(value) for value in BOUNDS.findall(exposition)]
        return len(served) == 2 and all(abs(time - trained) < 1e-3 for time in served)


def clicked_now(kind: ChampionChangeKind, version: ModelVersion) -> Arrival:
    """Return a change that is clicked on now; ``begin`` it once the service has taken it."""
    return Arrival(kind, version, time.monotonic())


def draw_arrival() -> None:
    """Draw how far the last change of this session is."""
    arrival: Arrival | None = st.session_state.get(ARRIVAL)
    if arrival is None:
        return
    with st.container(key="registry_arrival_state"):
        if arrival.seconds is None:
            st.fragment(_draw_waiting, run_every=LOOK_SECONDS)()
        else:
            st.success(arrived_words(arrival), icon=":material/check_circle:")


def _draw_waiting() -> None:
    arrival: Arrival | None = st.session_state.get(ARRIVAL)
    if arrival is None:
        return
    with asking_service():
        refusal = arrival.look(housing_client())
        if arrival.seconds is not None:
            st.rerun()
        elif refusal is not None:
            st.error(
                f"A worker refuses `{arrival.version.version}`: {refusal} It goes on serving the version "
                "before; roll back, or mend the files.",
                icon=":material/error:",
            )
        else:
            _draw_patience(arrival)


def _draw_patience(arrival: Arrival) -> None:
    waited = arrival.waited()
    if waited < PATIENCE_SECONDS:
        st.info(
            f"`{arrival.version.version}` is the champion; waiting until every worker serves it, "
            f"{waited:.0f} s so far.",
            icon=":material/sync:",
        )
        return
    st.warning(
        f"After {waited:.0f} s not every worker serves `{arrival.version.version}`; the *Logs* say what "
        "each of them does.",
        icon=":material/hourglass_bottom:",
    )


def arrived_words(arrival: Arrival) -> str:
    """Say that every worker serves it, and how soon; Markdown."""
    return (
        f"{DONE[arrival.kind]}: every worker serves `{arrival.version.version}`, "
        f"{arrival.seconds or 0.0:.1f} s after the click."
    )
