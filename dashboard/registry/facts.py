"""What is known of one version or of two, side by side: figures, origin, parameters, weight of the inputs."""

from collections.abc import Mapping, Sequence

import streamlit as st
from humanize import naturalsize

from backend.contract.models.version import VersionResponse
from dashboard.registry.lineage import LINEAGE, Fact
from dashboard.registry.remarks import draw_remarks
from dashboard.registry.sides import Side
from dashboard.registry.words import trained_words
from dashboard.wording.feature_words import feature_named
from dashboard.wording.value import escaped, number_range, percent, share_range, value_range

FACT = "Fact"
"""Heads the column of names: an empty head says nothing to a person who hears the table."""
KEYS = ("left", "right")
"""Of what is drawn for each side."""
WORDS = '[data-testid="stMarkdownContainer"]'
STYLE = f"""<style>
[class*="st-key-registry_facts_"] [data-testid="stTable"] td:first-child :is({WORDS}, {WORDS} *) {{
    overflow-wrap: normal;
}}
</style>"""
"""The names of the facts are broken between words only, however narrow the screen."""


def draw_facts(sides: Sequence[Side]) -> None:
    """Draw the figures, then the notes on each."""
    for side in sides:
        if side.report.error.reason is not None:
            st.markdown(f":gray[{side.name.label}: {escaped(side.report.error.reason)}]")
    st.html(STYLE)
    _draw_table("Figures", fact_rows(sides, FIGURES), "figures")
    for side, column, key in zip(sides, st.columns(len(sides)), KEYS, strict=False):
        with column:
            draw_remarks(side.report.version, side.name.label, key)


def draw_origin(sides: Sequence[Side]) -> None:
    """Draw where they come from, then parameters and inputs, folded."""
    st.header("Where it comes from" if len(sides) == 1 else "Where they come from", anchor=False)
    _draw_table("Origin", fact_rows(sides, LINEAGE), "origin")
    parameters, inputs = parameter_rows(sides), importance_rows(sides)
    with st.expander(_parameters_title(parameters, sides), key="registry_parameters"):
        _draw_table("Parameter", parameters, "parameters")
    with st.expander("What the answers depend on, by input", key="registry_importances"):
        _draw_table("Input", inputs, "inputs")


def _draw_table(title: str, rows: list[dict[str, str]], key: str) -> None:
    with st.container(key=f"registry_facts_{key}"):
        st.table(rows, border="horizontal", hide_index=True, alt=f"{title} of each version")


def fact_rows(sides: Sequence[Side], facts: Mapping[str, Fact]) -> list[dict[str, str]]:
    """Return a row for each fact that is known of a side, with a column for each."""
    found = {name: [fact(side.report) for side in sides] for name, fact in facts.items()}
    return [
        _row(name, [cell or "" for cell in cells], sides)
        for name, cells in found.items()
        if any(cell is not None for cell in cells)
    ]


def _row(name: str, cells: Sequence[str], sides: Sequence[Side]) -> dict[str, str]:
    return {FACT: name} | {side.name.label: cell for side, cell in zip(sides, cells, strict=True)}


def _figure(name: str) -> Fact:
    def told(report: VersionResponse) -> str | None:
        estimate = getattr(report.error, name)
        if estimate is None:
            return None
        return number_range(estimate) if name == "r2" else value_range(estimate)

    return told


def _coverage(report: VersionResponse) -> str | None:
    coverage = report.error.interval_coverage
    if coverage is None:
        return None
    return f"{share_range(coverage)} :gray[· target {report.expected_coverage:.0%}]"


def _latency(report: VersionResponse) -> str | None:
    spent = report.latency_microseconds
    return f"{spent:,.0f} µs :gray[in its training]" if spent is not None else None


FIGURES: dict[str, Fact] = {
    "Version": lambda report: f"`{report.version.version}`",
    "Model": lambda report: trained_words(report.version),
    "RMSE": _figure("rmse"),
    "Mean absolute error": _figure("mae"),
    "Bias": _figure("bias"),
    "R²": _figure("r2"),
    "Interval coverage": _coverage,
    "Holdout": lambda report: f"n = {report.error.rows:,} rows",
    "Answer takes": _latency,
    "Size of the model": lambda report: naturalsize(report.size_bytes, binary=True),
}
"""Of each version, how good and how large it is."""


def parameter_rows(sides: Sequence[Side]) -> list[dict[str, str]]:
    """Return a row for each parameter, those that differ first and bold."""
    names = {name for side in sides for name in side.report.version.parameters}
    rows = []
    for name in sorted(names):
        cells = [_parameter(side.report, name) for side in sides]
        differs = len(set(cells)) > 1
        title = f"**{escaped(name)}**" if differs else escaped(name)
        rows.append((not differs, _row(title, cells, sides)))
    return [row for _, row in sorted(rows, key=lambda one: one[0])]


def _parameter(report: VersionResponse, name: str) -> str:
    parameters = report.version.parameters
    return f"`{parameters[name]}`" if name in parameters else ""


def _parameters_title(rows: Sequence[Mapping[str, str]], sides: Sequence[Side]) -> str:
    if len(sides) == 1:
        return f"Parameters ({len(rows):,})"
    differ = sum(row[FACT].startswith("**") for row in rows)
    return f"Parameters ({differ or 'none'} of {len(rows):,} differ)"


def importance_rows(sides: Sequence[Side]) -> list[dict[str, str]]:
    """Return a row for each input, the one that the answers of the first side depend on most first."""
    first = sides[0].report.importances
    names = dict.fromkeys(name for side in sides for name in side.report.importances)
    ranked = sorted(names, key=lambda name: -first.get(name, 0.0))
    return [
        _row(
            escaped(feature_named(name).label),
            [_share(side.report.importances.get(name)) for side in sides],
            sides,
        )
        for name in ranked
    ]


def _share(share: float | None) -> str:
    return percent(share) if share is not None else ""
