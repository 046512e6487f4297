"""The Registry page: the versions, two of them compared, the gate, changes, the audit log."""

import streamlit as st

from backend.client import ServiceRefused
from backend.contract.models.registry import ModelsResponse, ModelVersion
from backend.contract.models.version import ComparisonResponse, VersionResponse
from dashboard.registry.arrival import draw_arrival
from dashboard.registry.audit import draw_audit
from dashboard.registry.champion_change import (
    Change,
    draw_change_button,
    draw_change_dialog,
)
from dashboard.registry.choice import choose_two
from dashboard.registry.facts import KEYS, draw_origin
from dashboard.registry.figures import draw_figures
from dashboard.registry.remarks import draw_remark_dialog
from dashboard.registry.serving import draw_serving
from dashboard.registry.sides import Side, names
from dashboard.registry.slices import draw_slices
from dashboard.registry.versions import draw_versions
from dashboard.registry.words import Outcome, outcome
from dashboard.shared.buttons import readable_letters
from dashboard.shared.gate_verdict import draw_verdict, failed_checks
from dashboard.shared.service import asking_service, housing_client
from dashboard.wording.version_words import champion_of

COMPARED_KEY = "registry_compared"
CHANGE_KEY = "registry_change_side"


def draw_registry() -> None:
    """Read the versions, then draw them; a failed call leaves one sentence in its place."""
    draw_arrival()
    with asking_service():
        models = housing_client().models()
        if not models.versions:
            _draw_nothing(models)
        else:
            _draw_models(models)
    draw_audit()
    draw_change_dialog()
    draw_remark_dialog()


def _draw_nothing(models: ModelsResponse) -> None:
    with st.container(border=True, key="registry_nothing", horizontal_alignment="center"):
        st.space("small")
        st.markdown("**No trained versions yet**", text_alignment="center")
        st.markdown(
            "Run `make train`: it compares all candidates, and the best becomes the champion.",
            text_alignment="center",
        )
        if models.unreadable:
            damaged = ", ".join(models.unreadable)
            st.caption(f"Damaged and not listed: {damaged}.", text_alignment="center")
        st.space("small")


def _draw_models(models: ModelsResponse) -> None:
    draw_versions(models)
    champion = champion_of(models)
    if champion is None:
        st.error(
            "There is no champion: its pointer is missing, damaged, or names an unknown version. "
            "Promote a version to fix it.",
            icon=":material/error:",
        )
    elif champion.libraries_note is not None:
        st.warning(champion.libraries_note, icon=":material/deployed_code_alert:")
    serving = _read(champion) if champion is not None else None
    if serving is not None:
        draw_serving(serving, models)
    _draw_comparison(models, serving)


def _draw_comparison(models: ModelsResponse, serving: VersionResponse | None) -> None:
    """Compare the two versions that the operator chooses: the champion and another one at first."""
    st.header("Compare two versions", anchor=False)
    left, right = choose_two(models)
    if left is None:
        return
    if right is None:
        st.caption("No other version to compare with. A retraining creates a challenger.")
    sides = _sides(models, left, right, serving)
    compared = _compare(sides)
    with st.container(horizontal=True, horizontal_alignment="distribute", key=COMPARED_KEY):
        if compared is not None:
            _draw_outcome(_outcome(sides, compared))
        with st.container(horizontal=True, width="content", key=CHANGE_KEY):
            readable_letters(CHANGE_KEY)
            _draw_buttons(models, right, sides, compared)
    if not sides:
        return
    draw_figures(sides)
    if compared is not None and compared.difference is not None and compared.sameness is None:
        draw_slices(compared, sides[0].name, sides[1].name)
    draw_origin(sides)
    for number, side in enumerate(sides):
        if not side.report.version.is_champion:
            st.header(f"Promotion gate on the {side.name.noun}", anchor=False)
            draw_verdict(side.report, f"registry_gate_{KEYS[number]}")


def _sides(
    models: ModelsResponse,
    left: ModelVersion,
    right: ModelVersion | None,
    serving: VersionResponse | None,
) -> list[Side]:
    """Return those that can be read; a damaged one is reported and left out."""
    versions = [one for one in (left, right) if one is not None]
    sides = []
    for name, version in zip(names(models, left, right), versions, strict=True):
        known = serving is not None and serving.version.version == version.version
        report = serving if known else _read(version)
        if report is not None:
            sides.append(Side(name, report))
    return sides


def _read(version: ModelVersion) -> VersionResponse | None:
    try:
        return housing_client().model_version(version.version)
    except ServiceRefused as refused:
        st.error(str(refused), icon=":material/broken_image:")
        return None


def _compare(sides: list[Side]) -> ComparisonResponse | None:
    """Compare the right version with the left one, if both could be read."""
    if len(sides) < 2:
        return None
    left, right = (side.report.version.version for side in sides)
    return housing_client().compare_versions(right, left)


def _outcome(sides: list[Side], compared: ComparisonResponse) -> Outcome:
    left, right = sides
    verdict = left.report.gate if left.report.version.is_champion else None
    return outcome(compared, right.name.noun, verdict, left.name.noun)


def _draw_buttons(
    models: ModelsResponse,
    right: ModelVersion | None,
    sides: list[Side],
    compared: ComparisonResponse | None,
) -> None:
    """Draw one button for each act: what a rollback leads to is not offered as a promotion too."""
    previous = next((one for one in models.versions if one.is_previous), None)
    if previous is not None:
        draw_change_button(Change("rollback", previous, models.champion), "Roll back")
    side = sides[-1] if sides else None
    if right is None or side is None or side.report.version.version != right.version:
        return  # a damaged one cannot serve
    if not (right.is_champion or right.is_previous):
        with_champion = compared if compared and compared.against == models.champion else None
        change = Change("promotion", right, models.champion, _doubt(side.report, with_champion))
        draw_change_button(change, f"Promote {side.name.noun}", primary=True)


def _doubt(report: VersionResponse, compared: ComparisonResponse | None) -> str | None:
    """Return what speaks against a promotion, as Markdown."""
    doubts = []
    if report.version.is_rolled_back:
        doubts.append("This version was rolled back.")
    if report.gate is not None and not report.gate.promote:
        doubts.append("The promotion gate refused this version.")
    if report.gate is None and (failed := failed_checks(report.checks)):
        names = ", ".join(check.name for check in failed)
        doubts.append(f"It did not pass checks of the model itself: {names}.")
    if compared is not None and compared.difference is not None and compared.difference.lower > 0:
        doubts.append("On common rows, its error is significantly higher than the champion's.")
    return " ".join(doubts) or None


def _draw_outcome(found: Outcome) -> None:
    with st.container(key="registry_outcome"):
        st.markdown(
            f":{found.colour}[:material/{found.icon}: **{found.title}**]  \n{found.sentence}"
        )
