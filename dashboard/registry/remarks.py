"""Notes and tags of versions: beside a version's facts, written in a dialog, and what the list filters by."""

from collections.abc import Sequence

import streamlit as st

from backend.contract.base import LONGEST_REASON
from backend.contract.models.registry import ModelVersion
from backend.contract.models.remarks import LONGEST_TAG, RemarksRequest
from dashboard.shared.buttons import primary_button, readable_choices
from dashboard.shared.person import ask_person
from dashboard.shared.reason_dialog import ReasonDialog, attempt
from dashboard.shared.service import housing_client
from dashboard.wording.foreign import plain
from dashboard.wording.moment import moment

DIALOG = ReasonDialog("registry_remark", "Notes and tags", ":material/edit_note:")
PARAMETER = "tag"
FILTER = "registry_tags"
SHOWN_NOTES = 5


def choose_tags(versions: Sequence[ModelVersion]) -> list[str]:
    """Let the operator choose among the tags there are; they are in the address."""
    tags = sorted({tag for version in versions for tag in version.tags})
    if not tags:
        return []
    if FILTER not in st.session_state:
        asked = st.query_params.get_all(PARAMETER)
        st.session_state[FILTER] = [tag for tag in tags if tag in asked]
    chosen = st.pills("Tags", tags, selection_mode="multi", key=FILTER, on_change=_keep)
    return list(chosen)


def _keep() -> None:
    st.query_params[PARAMETER] = st.session_state[FILTER]


def draw_remarks(version: ModelVersion, label: str, side: str) -> None:
    """Draw the tags and newest notes of a version, and the button to write; ``side`` tells two apart."""
    with st.container(key=f"registry_{side}_remarks"):
        st.markdown(f"**{label}**")
        if version.tags:
            st.markdown(" ".join(f":gray-badge[{plain(tag)}]" for tag in version.tags))
        for one in version.notes[:SHOWN_NOTES]:
            st.markdown(f"{plain(one.note)}  \n:gray[{plain(one.person)}, {moment(one.at)}]")
        if len(version.notes) > SHOWN_NOTES:
            st.caption(f"{len(version.notes) - SHOWN_NOTES:,} earlier notes are in the audit log.")
        st.button(
            "Write a note or tag",
            icon=DIALOG.icon,
            key=f"registry_{side}_remark",
            type="tertiary",
            on_click=DIALOG.open,
            args=(version,),
        )


def draw_remark_dialog() -> None:
    """Draw the dialog while it is open."""
    DIALOG.draw(_write)


def _write(version: ModelVersion) -> None:
    st.code(version.version, language=None)
    readable_choices("remark_tags")
    person = ask_person("remark_person")
    note = (
        st.text_area("Note", max_chars=LONGEST_REASON, height=110, key="remark_note") or ""
    ).strip()
    tags = st.multiselect(
        "Tags",
        version.tags,
        version.tags,
        key="remark_tags",
        accept_new_options=True,
        placeholder="Choose or type",
        help=f"Lower-case letters, digits, dot, dash and underscore, {LONGEST_TAG} at most.",
    )
    wanted = {tag.strip().lower() for tag in tags}
    added, removed = sorted(wanted - {*version.tags}), sorted({*version.tags} - wanted)
    says_something = bool(note or added or removed)
    if primary_button("Save", "remark_confirm", disabled=not (person and says_something)):
        _save(version, person, note, added, removed)


def _save(
    version: ModelVersion, person: str, note: str, added: list[str], removed: list[str]
) -> None:
    try:
        asked = RemarksRequest(
            person=person, note=note or None, add_tags=added, remove_tags=removed
        )
    except ValueError:
        st.error(
            f"A tag has lower-case letters, digits, dot, dash and underscore, {LONGEST_TAG} at most.",
            icon=":material/edit:",
        )
        return
    answer = attempt(lambda: housing_client().remark(version.version, asked))
    if answer is not None:
        DIALOG.close()
        st.rerun()
