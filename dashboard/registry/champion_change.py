"""Promote and roll back through a dialog: the version typed in, a reason, and an admin key."""

from collections.abc import Iterator
from dataclasses import dataclass

import streamlit as st

from backend.client import HousingClient
from backend.contract.models.registry import (
    ChampionChangedResponse,
    ChampionChangeKind,
    ModelVersion,
)
from dashboard.registry.arrival import clicked_now
from dashboard.shared.admin_key import ask_key, attempt_with_key, draw_held_key, key_problem
from dashboard.shared.buttons import readable_letters
from dashboard.shared.reason_dialog import ReasonDialog, ask_reason

DIALOG_KEY = "registry_dialog"
DIALOG = ReasonDialog("registry_change", "Change the champion", ":material/published_with_changes:")
VERBS: dict[ChampionChangeKind, str] = {"promotion": "Promote", "rollback": "Roll back"}
ICONS: dict[ChampionChangeKind, str] = {
    "promotion": ":material/upgrade:",
    "rollback": ":material/history:",
}


@dataclass(frozen=True)
class Change:
    """A change of the champion that a person is about to make.

    ``doubt`` is what speaks against it (Markdown), ``champion`` the version that it replaces.
    """

    kind: ChampionChangeKind
    version: ModelVersion
    champion: str | None
    doubt: str | None = None


@dataclass(frozen=True)
class Entered:
    """What was typed into the dialog."""

    version: str
    reason: str
    key: str

    def problems(self, change: Change) -> Iterator[str]:
        """Yield what is missing or wrong."""
        if self.version != change.version.version:
            yield "The version does not match the one above."
        if not self.reason:
            yield "Enter a reason."
        problem = key_problem(self.key)
        if problem is not None:
            yield problem


def draw_change_button(change: Change, name: str, *, primary: bool = False) -> None:
    """Draw the button that opens the dialog."""
    st.button(
        name,
        icon=ICONS[change.kind],
        key=f"registry_{change.kind}",
        type="primary" if primary else "secondary",
        on_click=DIALOG.open,
        args=(change,),
    )


def draw_change_dialog() -> None:
    """Draw the dialog while it is open."""
    change: Change | None = st.session_state.get(DIALOG.key)
    if change is not None:
        title = "Roll back" if change.kind == "rollback" else "Promote a version"
        DIALOG.draw(_draw_form, title)


def _draw_form(change: Change) -> None:
    st.markdown(_consequence(change))
    if change.doubt is not None:
        st.warning(change.doubt, icon=":material/warning:")
    st.code(change.version.version, language=None)
    draw_held_key()
    with (
        st.container(key=DIALOG_KEY),
        st.form("registry_form", border=False, enter_to_submit=False),
    ):
        readable_letters(DIALOG_KEY, "primaryFormSubmit")
        entered = _fields(change)
        sent = st.form_submit_button(
            f"{VERBS[change.kind]} now", type="primary", key="registry_confirm"
        )
    if sent:
        problems = list(entered.problems(change))
        if problems:
            st.error("  \n".join(problems), icon=":material/edit:")
        else:
            _ask(change, entered)


def _consequence(change: Change) -> str:
    replaced = f" in place of `{change.champion}`" if change.champion else ""
    return (
        f"`{change.version.version}` becomes the champion{replaced}. Workers switch within a second or two "
        "without losing requests. You can roll back at any time."
    )


def _fields(change: Change) -> Entered:
    typed = st.text_input("Type the version to confirm", key="registry_typed", autocomplete="off")
    reason = ask_reason("registry_reason", height=90)
    return Entered((typed or "").strip(), reason, ask_key("registry_key"))


def _ask(change: Change, entered: Entered) -> None:
    arrival = clicked_now(change.kind, change.version)
    sent = attempt_with_key(entered.key, lambda client: _send(client, change, entered.reason))
    if sent is None:
        return
    arrival.begin()
    DIALOG.close()
    st.rerun()


def _send(client: HousingClient, change: Change, reason: str) -> ChampionChangedResponse:
    if change.kind == "rollback":
        return client.roll_back(reason, change.champion)
    return client.promote(change.version.version, reason, change.champion)
