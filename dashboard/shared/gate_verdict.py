"""What the promotion gate said about a version: the verdict, what decided it, and every check."""

import re
from typing import Literal

import streamlit as st

from backend.contract.model_version import GateCheck, GateVerdict, VersionResponse
from dashboard.shared.moment import moment
from dashboard.shared.price import escaped

CheckResult = Literal["Passed", "Failed", "Not shown"]
RESULT_MARKS: dict[CheckResult, tuple[str, str]] = {
    "Passed": ("green", "check"),
    "Failed": ("red", "close"),
    "Not shown": ("gray", "remove"),
}
MORE = re.compile(r"; and (\d+) more$")


def draw_gate(report: VersionResponse) -> None:
    """Draw the verdict on a version, or why there is none."""
    st.subheader("The gate's verdict", anchor=False)
    with st.container(border=True, key="registry_gate"):
        if report.gate is None:
            st.markdown(
                f"**:gray[:material/help: No verdict]** on `{report.version.version}`  \n"
                f"{report.gate_reason}"
            )
            return
        _draw_verdict(report, report.gate)


def _draw_verdict(report: VersionResponse, gate: GateVerdict) -> None:
    colour, icon, title = (
        ("green", "verified", "Promoted") if gate.promote else ("red", "block", "Refused")
    )
    st.markdown(
        f"### :{colour}[:material/{icon}: {title}] :small[:gray[`{report.version.version}`]]"
    )
    if report.version.is_champion and not gate.promote:
        st.markdown(":orange[A person promoted it all the same; the audit says who and why.]")
    st.markdown(reason_words(gate))
    st.caption(origin_words(gate))
    failed = [check for check in gate.checks if check.required and not check.passed]
    with st.expander(checks_words(gate.checks, len(failed)), key="registry_checks"):
        st.table(
            [check_cells(check) for check in ranked(gate.checks)],
            border="horizontal",
            hide_index=True,
            alt="Every check of the gate with its sentence",
        )


def reason_words(gate: GateVerdict) -> str:
    """Return what decided, a line for each check, as Markdown."""
    # The reason is made of the sentences of the checks that decided, the first few of them.
    deciding = sorted(
        (check for check in gate.checks if check.sentence in gate.reason),
        key=lambda check: gate.reason.index(check.sentence),
    )
    if not deciding:
        return f"{sentence(gate.reason)}."
    more = MORE.search(gate.reason)
    lines = [f"- {sentence(check.sentence)}." for check in deciding]
    return "\n".join([*lines, *([f"- And {more[1]} more, below."] if more else [])])


def sentence(text: str) -> str:
    """Write what the gate said, which begins in lower case, as Markdown."""
    return escaped(text[:1].upper() + text[1:])


def origin_words(gate: GateVerdict) -> str:
    """Say when it was judged, against whom, and what asked for it."""
    when = f"Judged {moment(gate.judged_at)}" if gate.judged_at is not None else "Judged"
    against = f"against {gate.champion_version}" if gate.champion_version else "without a champion"
    asked = {"manual": "a person"}.get(gate.source, gate.source)
    return f"{when} {against}; {asked} asked for the retraining {gate.trigger_id}."


def checks_words(checks: list[GateCheck], failed: int) -> str:
    """Say how many checks there are and how many forbade the promotion."""
    if failed:
        return f"All {len(checks)} checks, {failed} of them forbid the promotion"
    return f"All {len(checks)} checks, none forbids the promotion"


def ranked(checks: list[GateCheck]) -> list[GateCheck]:
    """Return what forbids the promotion first, then what is not proven, then what passed."""
    return sorted(checks, key=lambda check: (check.passed, not check.required))


def check_cells(check: GateCheck) -> dict[str, str]:
    """Return one row of the table, as Markdown."""
    return {
        "Result": _result(check),
        "Check": escaped(check.name[:1].upper() + check.name[1:]),
        "What was found": sentence(check.sentence),
    }


def _result(check: GateCheck) -> str:
    result = result_of(check.passed, check.required)
    colour, icon = RESULT_MARKS[result]
    return f":{colour}[:material/{icon}: {result}]"


def result_of(passed: bool, required: bool) -> CheckResult:
    """Say what came of a check: what was not shown forbids nothing, but something else must be shown then."""
    if passed:
        return "Passed"
    return "Failed" if required else "Not shown"
