"""A paged list, kept in the session while its filters stay the same.

A page does not change once read: an open row does not move because a newer one arrived.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Generic, TypeVar

import streamlit as st

from backend.contract.records import PageResponse
from dashboard.shared.refresh import READING
from dashboard.wording.moment import clock

Answer = TypeVar("Answer", bound=PageResponse)


class PagedList(Generic[Answer]):
    """The pages of one list.

    Parameters
    ----------
    name
        Prefix of its session state and of its buttons' keys.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def read(self, filters: object, ask: Callable[[str | None], Answer]) -> Answer:
        """Return the current page; new filters start at the newest.

        Raises
        ------
        ClientError
            If the call fails.
        """
        if self._state("filters") != filters:
            self._keep("filters", filters)
            self._begin()
        answer: Answer | None = self._state("answer")
        if answer is None:
            answer = ask(self._tokens[-1])
            self._keep("answer", answer)
        return answer

    def draw_turning(self, answer: Answer) -> None:
        """Draw the buttons for other pages, and the page number."""
        page = len(self._tokens)
        with st.container(horizontal=True, vertical_alignment="center", key=f"{self._name}_paging"):
            self._button("Refresh", "refresh", self._begin)
            self._button("Newer", "chevron_left", self._newer, disabled=page == 1)
            token = answer.next_page_token
            self._button("Older", "chevron_right", lambda: self._older(token), disabled=not token)
            st.caption(_page_words(page, answer.total, answer.timestamp))

    @property
    def _tokens(self) -> tuple[str | None, ...]:
        tokens: tuple[str | None, ...] = self._state("tokens") or (None,)
        return tokens

    def _begin(self) -> None:
        self._turn_to((None,))

    def _newer(self) -> None:
        self._turn_to(self._tokens[:-1])

    def _older(self, token: str | None) -> None:
        self._turn_to((*self._tokens, token))

    def _turn_to(self, tokens: tuple[str | None, ...]) -> None:
        self._keep("tokens", tokens)
        self._keep("answer", None)

    def _button(
        self, label: str, icon: str, act: Callable[[], None], *, disabled: bool = False
    ) -> None:
        st.button(
            label,
            icon=f":material/{icon}:",
            key=f"{self._name}_{label.lower()}",
            on_click=act,
            disabled=disabled,
        )

    def _state(self, what: str) -> Any:
        return st.session_state.get(f"{self._name}_{what}{READING}")

    def _keep(self, what: str, value: object) -> None:
        st.session_state[f"{self._name}_{what}{READING}"] = value


def _page_words(page: int, rows: int, read_at: datetime) -> str:
    return f"Page {page}, {rows} {'row' if rows == 1 else 'rows'}, updated {clock(read_at)}."
