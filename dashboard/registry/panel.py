"""The Registry page: the versions, the champion beside another, the gate, changes, the audit log."""

import streamlit as st

from backend.client import HousingClient, ServiceRefused
from backend.contract.model_version import ComparisonResponse, GateVerdict, VersionResponse
from backend.contract.models import ModelsResponse, ModelVersion
from dashboard.registry.arrival import draw_arrival
from dashboard.registry.audit import draw_audit
from dashboard.registry.champion_change import (
    Change,
    draw_change_button,
    draw_change_dialog,
)
from dashboard.registry.figures import draw_figures
from dashboard.registry.remarks import draw_remark_dialog
from dashboard.registry.serving import draw_serving
from dashboard.registry.slices import draw_slices
from dashboard.registry.versions import choose_other, draw_versions
from dashboard.registry.words import Outcome, outcome
from dashboard.shared.buttons import readable_letters
from dashboard.shared.gate_verdict import draw_verdict, failed_checks
from dashboard.shared.service import asking_service, housing_client
from dashboard.wording.version_words import (
    CHALLENGER,
    CHAMPION,
    NOUNS,
    champion_of,
    state_of,
)

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
    reports = _read_reports(housing_client(), {CHAMPION: champion})
    if CHAMPION in reports:
        draw_serving(reports[CHAMPION], models)
    _draw_comparison(models, reports)


def _draw_comparison(models: ModelsResponse, reports: dict[str, VersionResponse]) -> None:
    """Compare the champion with the version that the operator chooses, by the name of its state."""
    title = st.container()
    choice_side, change_side = st.columns([3, 2], vertical_alignment="bottom")
    with choice_side:
        other = choose_other(models)
    state = state_of(other, models) if other is not None else CHALLENGER
    title.subheader(f"Champion and {NOUNS[state]}", anchor=False)
    if other is None:
        st.caption("No other version to compare with. A retraining creates a challenger.")
    reports = reports | _read_reports(housing_client(), {state: other})
    compared = _compare(housing_client(), list(reports.values()))
    with change_side, st.container(horizontal=True, horizontal_alignment="right", key=CHANGE_KEY):
        readable_letters(CHANGE_KEY)
        _draw_buttons(models, other, reports.get(state), compared)
    if compared is not None:
        _draw_outcome(outcome(compared, NOUNS[state], _verdict_on_champion(reports)))
    if reports:
        draw_figures(reports)
    if compared is not None and compared.difference is not None and compared.sameness is None:
        draw_slices(compared, state)
    if state in reports:
        st.subheader(f"Promotion gate on the {NOUNS[state]}", anchor=False)
        draw_verdict(reports[state], "registry_gate")


def _verdict_on_champion(reports: dict[str, VersionResponse]) -> GateVerdict | None:
    champion = reports.get(CHAMPION)
    return champion.gate if champion is not None else None


def _read_reports(
    client: HousingClient, versions: dict[str, ModelVersion | None]
) -> dict[str, VersionResponse]:
    """Return the reports of the versions by their states; a damaged one is reported and left out."""
    reports = {}
    for state, version in versions.items():
        if version is None:
            continue
        try:
            reports[state] = client.model_version(version.version)
        except ServiceRefused as refused:
            st.error(str(refused), icon=":material/broken_image:")
    return reports


def _compare(client: HousingClient, reports: list[VersionResponse]) -> ComparisonResponse | None:
    """Compare the second version with the first, if both could be read."""
    if len(reports) < 2:
        return None
    champion, other = reports
    return client.compare_versions(other.version.version, champion.version.version)


def _draw_buttons(
    models: ModelsResponse,
    other: ModelVersion | None,
    report: VersionResponse | None,
    compared: ComparisonResponse | None,
) -> None:
    """Draw one button for each act: what a rollback leads to is not offered as a promotion too."""
    previous = next((one for one in models.versions if one.is_previous), None)
    if previous is not None:
        draw_change_button(Change("rollback", previous, models.champion), "Roll back")
    if other is not None and report is not None and not other.is_previous:
        change = Change("promotion", other, models.champion, _doubt(report, compared))
        draw_change_button(change, f"Promote {NOUNS[state_of(other, models)]}", primary=True)


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
