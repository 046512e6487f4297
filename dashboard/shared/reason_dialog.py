"""A dialog that asks for a reason before it changes anything: opened by a button, closed when it is done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import streamlit as st

from backend.client import ClientError
from backend.contract.base import LONGEST_REASON
from dashboard.shared.service import failure_sentence

Answer = TypeVar("Answer")

KEPT = "Recorded in the audit log and on the timeline."
AUDITED = "Recorded in the audit log."


@dataclass(frozen=True)
class ReasonDialog:
    """One dialog of the console; ``key`` is its place in the session state.

    What it is about is kept there while it is open, so that it outlives a redrawing of the page.
    """

    key: str
    title: str
    icon: str

    def open(self, subject: object = True) -> None:
        """Open it at the next drawing of the page; the callback of a button."""
        st.session_state[self.key] = subject

    def close(self) -> None:
        """Close it at the next drawing of the page."""
        st.session_state.pop(self.key, None)

    def draw(
        self, content: Callable[[Any], None], title: str | None = None, *, dismissible: bool = True
    ) -> None:
        """Draw it while it is open; ``content`` gets what it is about."""
        subject = st.session_state.get(self.key)
        if subject is None:
            return
        dialog = st.dialog(
            title or self.title,
            width="medium",
            icon=self.icon,
            dismissible=dismissible,
            on_dismiss=self.close,
        )
        dialog(content)(subject)


def ask_reason(
    key: str,
    proposed: str = "",
    *,
    height: int = 120,
    placeholder: str = "",
    kept: str = KEPT,
) -> str:
    """Draw the field for the reason; return what was entered, without blanks around it.

    ``kept`` says where it will stand.
    """
    entered = st.text_area(
        "Reason",
        proposed,
        max_chars=LONGEST_REASON,
        height=height,
        key=key,
        placeholder=placeholder,
        help=kept,
    )
    return (entered or "").strip()


def attempt(call: Callable[[], Answer]) -> Answer | None:
    """Make a call to the service; if it is refused, say why in its place and return None."""
    try:
        return call()
    except ClientError as error:
        st.error(failure_sentence(error), icon=":material/error:")
        return None
