"""The promotion gate's decision about a version: the verdict, what settled it, and every check."""

from typing import Literal

import streamlit as st

from backend.contract.models.version import GateCheck, GateVerdict, VersionResponse
from dashboard.wording.moment import moment
from dashboard.wording.value import escaped

CheckResult = Literal["Passed", "Failed", "Not proven"]
RESULT_MARKS: dict[CheckResult, tuple[str, str]] = {
    "Passed": ("green", "check"),
    "Failed": ("red", "close"),
    "Not proven": ("gray", "remove"),
}
MOST_DECIDING = 5
"""Checks named above the table, which has all of them."""


def draw_verdict(report: VersionResponse, key: str) -> None:
    """Draw the verdict on a version, or why there is none; ``key`` is the frame's."""
    with st.container(border=True, key=key):
        if report.gate is None:
            st.markdown(
                f"**:gray[:material/help: No verdict]** on `{report.version.version}`  \n"
                f"{report.gate_reason}"
            )
            if report.checks:
                _draw_checks(report.checks, "Every check of the model itself and its finding", key)
            return
        _draw_judged(report, report.gate, key)


def _draw_judged(report: VersionResponse, gate: GateVerdict, key: str) -> None:
    colour, icon, title = (
        ("green", "verified", "Promoted") if gate.promote else ("red", "block", "Refused")
    )
    st.markdown(
        f"### :{colour}[:material/{icon}: {title}] :small[:gray[`{report.version.version}`]]"
    )
    if report.version.is_champion and not gate.promote:
        st.markdown(":orange[Promoted manually despite this; see the audit log.]")
    st.markdown(reason_words(gate))
    st.caption(origin_words(gate))
    _draw_checks(gate.checks, "Every check of the promotion gate and its finding", key)


def _draw_checks(checks: list[GateCheck], alt: str, key: str) -> None:
    failed = len(failed_checks(checks))
    with st.expander(checks_words(checks, failed), key=f"{key}_checks"):
        st.table(
            [check_cells(check) for check in ranked(checks)],
            border="horizontal",
            hide_index=True,
            alt=alt,
        )


def failed_checks(checks: list[GateCheck]) -> list[GateCheck]:
    """Return those that forbid a promotion."""
    return [check for check in checks if check.required and not check.passed]


def reason_words(gate: GateVerdict) -> str:
    """Return what settled it as Markdown: a line for each deciding check, else the gate's sentence."""
    by_name = {check.name: check for check in gate.checks}
    deciding = [by_name[name] for name in gate.decided_by if name in by_name]
    if not deciding:
        return f"{sentence(gate.reason)}."
    more = len(deciding) - MOST_DECIDING
    lines = [f"- {sentence(check.sentence)}." for check in deciding[:MOST_DECIDING]]
    return "\n".join([*lines, *([f"- And {more} more, below."] if more > 0 else [])])


def sentence(text: str) -> str:
    """Write a sentence of the gate, which begins in lower case, as Markdown."""
    return escaped(text[:1].upper() + text[1:])


def origin_words(gate: GateVerdict) -> str:
    """Say when it was judged, against what, and what requested it."""
    when = f"Judged {moment(gate.judged_at)}" if gate.judged_at is not None else "Judged"
    against = f"against {gate.champion_version}" if gate.champion_version else "without a champion"
    why = "by an operator" if gate.source == "manual" else f"because of {gate.source}"
    return f"{when} {against}; retraining {gate.trigger_id}, requested {why}."


def checks_words(checks: list[GateCheck], failed: int) -> str:
    """Say how many checks there are and how many failed."""
    return f"All {len(checks)} checks, {failed or 'none'} failed"


def ranked(checks: list[GateCheck]) -> list[GateCheck]:
    """Return failed checks first, then what is not proven, then what passed."""
    return sorted(checks, key=lambda check: (check.passed, not check.required))


def check_cells(check: GateCheck) -> dict[str, str]:
    """Return one row of the table, as Markdown."""
    return {
        "Result": _result(check),
        "Check": escaped(check.name[:1].upper() + check.name[1:]),
        "Finding": sentence(check.sentence),
    }


def _result(check: GateCheck) -> str:
    result = result_of(check.passed, check.required)
    colour, icon = RESULT_MARKS[result]
    return f":{colour}[:material/{icon}: {result}]"


def result_of(passed: bool, required: bool) -> CheckResult:
    """Return a check's result: one that is not required forbids nothing, and only proves or does not."""
    if passed:
        return "Passed"
    return "Failed" if required else "Not proven"
