"""The segment that a person builds: conditions of inputs, in controls and in the page's address."""

from collections.abc import Iterable, Sequence
from math import inf, isinf

import streamlit as st
from pydantic_core import PydanticCustomError

from backend.contract.definition import SLICE_LABELS
from backend.contract.performance import ErrorSlice
from backend.contract.predictions import Feature
from backend.contract.query.where import MOST_CONDITIONS, Condition, read_where, written_where
from dashboard.shared.buttons import readable_choices
from dashboard.wording.feature_words import BY_NAME, label_with_unit
from dashboard.wording.segment_words import segment_name

PARAMETER = "where"
"""In the address."""
NAMES = "performance_where"
"""Session state: the names of the chosen inputs and kinds of segments."""
CHOICE_KEY = "performance_conditions"
CONTROL_PIXELS = 330


def choose_segment(slices: Sequence[ErrorSlice]) -> tuple[Condition, ...]:
    """Let the operator choose inputs and what each must be; return the conditions that say something."""
    if NAMES not in st.session_state:
        show_segment(_from_address())
    kinds = _kinds(slices)
    with st.container(key=CHOICE_KEY):
        readable_choices(CHOICE_KEY)
        names: list[str] = st.multiselect(
            "Conditions",
            [*BY_NAME, *kinds],
            key=NAMES,
            format_func=_label,
            max_selections=MOST_CONDITIONS,
            placeholder="Choose inputs, then what they must be",
        )
        with st.container(horizontal=True, gap="medium"):
            for name in names:
                with st.container(width=CONTROL_PIXELS):
                    _draw_control(name, kinds)
    found = tuple(one for one in map(_condition, names) if one is not None)
    _keep_in_address(found)
    return found


def show_segment(conditions: Iterable[Condition]) -> None:
    """Fill the controls: to be called before they are drawn, such as by what a person clicks."""
    chosen = list(conditions)
    st.session_state[NAMES] = [one.name for one in chosen]
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
            st.session_state[_key(one.name, part)] = value


def _key(name: str, part: str) -> str:
    return f"performance_where_{name}_{part}"


def _said(name: str, part: str) -> object:
    return st.session_state.get(_key(name, part))


def _label(name: str) -> str:
    # An input and a kind may have one label, and Streamlit tells options apart by what they are called.
    feature = BY_NAME.get(name)
    return f"{SLICE_LABELS[name]} (segment)" if feature is None else feature.label


def _kinds(slices: Sequence[ErrorSlice]) -> dict[str, list[str]]:
    """Return the names of segments by kind: those that have a figure, and the one that is chosen already."""
    found: dict[str, list[str]] = {kind: [] for kind in SLICE_LABELS}
    for one in slices:
        found[one.kind].append(one.name)
    for kind, names in found.items():
        chosen = _said(kind, "word")
        if isinstance(chosen, str) and chosen not in names:
            names.append(chosen)
    return {kind: names for kind, names in found.items() if names}


def _draw_control(name: str, kinds: dict[str, list[str]]) -> None:
    feature = BY_NAME.get(name)
    if feature is None:
        st.selectbox(
            _label(name),
            kinds.get(name, []),
            key=_key(name, "word"),
            format_func=lambda word: segment_name(name, word),
        )
        return
    if feature.is_category:
        st.multiselect(feature.label, feature.categories or [], key=_key(name, "words"))
    else:
        _draw_range(feature)
    if feature.missing:
        st.checkbox("No value", key=_key(name, "missing"))


def _draw_range(feature: Feature) -> None:
    st.caption(label_with_unit(feature))
    lowest, highest = st.columns(2, gap="small")
    lowest.number_input(
        "from",
        value=None,
        key=_key(feature.name, "lowest"),
        placeholder="any",
        format="%.6g",
    )
    highest.number_input(
        "to",
        value=None,
        key=_key(feature.name, "highest"),
        placeholder="any",
        format="%.6g",
        # A square of the map ends before its last value; an end that a person writes belongs to the range.
        on_change=lambda: st.session_state.pop(_key(feature.name, "excluded"), None),
    )


def _condition(name: str) -> Condition | None:
    """Return what the controls of one input say; None if they say nothing yet."""
    feature = BY_NAME.get(name)
    if feature is None:
        word = _said(name, "word")
        return Condition(name, words=(word,)) if isinstance(word, str) else None
    if feature.missing and _said(name, "missing"):
        return Condition(name, missing=True)
    if feature.is_category:
        words = _said(name, "words")
        return Condition(name, words=tuple(words)) if isinstance(words, list) and words else None
    return _ranged(name, _said(name, "lowest"), _said(name, "highest"))


def _ranged(name: str, lowest: object, highest: object) -> Condition | None:
    begins, ends = isinstance(lowest, int | float), isinstance(highest, int | float)
    if not begins and not ends:
        return None
    return Condition(
        name,
        float(lowest) if isinstance(lowest, int | float) else -inf,
        float(highest) if isinstance(highest, int | float) else inf,
        excluded=bool(_said(name, "excluded")),
    )


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
