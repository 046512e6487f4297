"""The segment that a person builds: conditions of inputs, in controls and in the page's address."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf, isinf

import streamlit as st
from pydantic_core import PydanticCustomError

from backend.contract.definition import SLICE_LABELS
from backend.contract.predictions import Feature
from backend.contract.query.where import MOST_CONDITIONS, Condition, read_where, written_where
from dashboard.shared.buttons import readable_choices
from dashboard.wording.feature_words import BY_NAME, label_with_unit
from dashboard.wording.segment_words import segment_name

PARAMETER = "where"
"""In the address."""
CONTROL_PIXELS = 330
Kinds = Mapping[str, Sequence[str]]
"""Names of segments, by kind."""


@dataclass(frozen=True)
class SegmentChoice:
    """The controls of a page, which gives their keys its name."""

    page: str

    @property
    def names_key(self) -> str:
        """Of the chosen names of inputs and kinds of segments, in the session."""
        return f"{self.page}_where"

    def draw(self, kinds: Kinds, label: str, placeholder: str) -> tuple[Condition, ...]:
        """Let the operator choose inputs and what each must be; return the conditions that say something."""
        if self.names_key not in st.session_state:
            self.show(_from_address())
        box = f"{self.page}_conditions"
        with st.container(key=box):
            readable_choices(box)
            names: list[str] = st.multiselect(
                label,
                [*BY_NAME, *kinds],
                key=self.names_key,
                format_func=_label,
                max_selections=MOST_CONDITIONS,
                placeholder=placeholder,
            )
            with st.container(horizontal=True, gap="medium"):
                for name in names:
                    with st.container(width=CONTROL_PIXELS):
                        self._draw_control(name, kinds)
        found = tuple(one for one in map(self._condition, names) if one is not None)
        _keep_in_address(found)
        return found

    def show(self, conditions: Iterable[Condition]) -> None:
        """Fill the controls: to be called before they are drawn, such as by what a person clicks."""
        chosen = list(conditions)
        st.session_state[self.names_key] = [one.name for one in chosen]
        for one in chosen:
            values = {
                "lowest": None if isinf(one.lowest) else one.lowest,
                "highest": None if isinf(one.highest) else one.highest,
                "excluded": one.excluded,
                "words": list(one.words),
                "word": one.words[0] if one.words else None,
                "missing": one.missing,
            }
            for part, value in values.items():
                st.session_state[self._key(one.name, part)] = value

    def said(self, name: str, part: str) -> object:
        """Return what the control of a part of a condition says; None if it says nothing."""
        return st.session_state.get(self._key(name, part))

    def _key(self, name: str, part: str) -> str:
        return f"{self.names_key}_{name}_{part}"

    def _draw_control(self, name: str, kinds: Kinds) -> None:
        feature = BY_NAME.get(name)
        if feature is None:
            st.selectbox(
                _label(name),
                kinds.get(name, []),
                key=self._key(name, "word"),
                format_func=lambda word: segment_name(name, word),
            )
            return
        if feature.is_category:
            st.multiselect(feature.label, feature.categories or [], key=self._key(name, "words"))
        else:
            self._draw_range(feature)
        if feature.missing:
            st.checkbox("No value", key=self._key(name, "missing"))

    def _draw_range(self, feature: Feature) -> None:
        st.caption(label_with_unit(feature))
        lowest, highest = st.columns(2, gap="small")
        lowest.number_input(
            "from",
            value=None,
            key=self._key(feature.name, "lowest"),
            placeholder="any",
            format="%.6g",
        )
        excluded = self._key(feature.name, "excluded")
        highest.number_input(
            "to",
            value=None,
            key=self._key(feature.name, "highest"),
            placeholder="any",
            format="%.6g",
            # A square of the map ends before its last value; what a person writes belongs to the range.
            on_change=lambda: st.session_state.pop(excluded, None),
        )

    def _condition(self, name: str) -> Condition | None:
        """Return what the controls of one input say; None if they say nothing yet."""
        feature = BY_NAME.get(name)
        if feature is None:
            word = self.said(name, "word")
            return Condition(name, words=(word,)) if isinstance(word, str) else None
        if feature.missing and self.said(name, "missing"):
            return Condition(name, missing=True)
        if feature.is_category:
            words = self.said(name, "words")
            chosen = tuple(words) if isinstance(words, list) else ()
            return Condition(name, words=chosen) if chosen else None
        return self._ranged(name, self.said(name, "lowest"), self.said(name, "highest"))

    def _ranged(self, name: str, lowest: object, highest: object) -> Condition | None:
        begins, ends = isinstance(lowest, int | float), isinstance(highest, int | float)
        if not begins and not ends:
            return None
        return Condition(
            name,
            float(lowest) if isinstance(lowest, int | float) else -inf,
            float(highest) if isinstance(highest, int | float) else inf,
            excluded=bool(self.said(name, "excluded")),
        )


def _label(name: str) -> str:
    # An input and a kind may have one label, and Streamlit tells options apart by what they are called.
    feature = BY_NAME.get(name)
    return f"{SLICE_LABELS[name]} (segment)" if feature is None else feature.label


def _from_address() -> tuple[Condition, ...]:
    """Return the conditions of the address; none if it has none that can be read."""
    written = st.query_params.get(PARAMETER)
    if not written:
        return ()
    try:
        found: tuple[Condition, ...] = read_where(written)
    except PydanticCustomError as refusal:
        st.warning(f"The segment of the address is not understood: {refusal.message()}.")
        return ()
    return found


def _keep_in_address(conditions: tuple[Condition, ...]) -> None:
    if conditions:
        st.query_params[PARAMETER] = written_where(conditions)
    else:
        st.query_params.pop(PARAMETER, None)
