"""The pinned scenarios side by side: predictions on one scale, and a table of the differences."""

import streamlit as st

from dashboard.charts.scale import Scale
from dashboard.predict.interval import interval_picture, interval_scale, interval_words
from dashboard.predict.scenarios import (
    MOST_SCENARIOS,
    Scenario,
    comparison,
    scenarios,
    unpin,
    value_difference,
)
from dashboard.wording.value import escaped, written
from dashboard.wording.words import LABEL, in_units

TABLE_KEY = "predict_comparison"
# On a phone four scenarios are wider than the page: the table scrolls, and numbers do not wrap.
TABLE_STYLE = (
    f"<style>.st-key-{TABLE_KEY} [data-testid=stTable] {{ overflow-x: auto }}"
    f" .st-key-{TABLE_KEY} td:not(:first-child) * {{ white-space: nowrap }}</style>"
)


def draw_scenarios() -> None:
    """Draw the comparison, or say how to start one."""
    pinned = scenarios()
    if not pinned:
        st.markdown("**No scenarios yet**")
        st.caption(
            f"*Pin this prediction* keeps it here with its inputs. Compare up to {MOST_SCENARIOS}; they stay "
            "while you visit other pages."
        )
        return
    st.markdown(escaped(f"**{in_units(f'{LABEL} with interval')}**"))
    scale = interval_scale(one.answer.interval for one in pinned)
    for scenario in pinned:
        _draw_bar(scenario, pinned[0], scale)
    st.markdown("**Differences**")
    _draw_table(pinned)
    st.caption("Inputs that differ from scenario A are in bold.")


def _draw_bar(scenario: Scenario, first: Scenario, scale: Scale) -> None:
    words, picture, button = st.columns([3, 6, 1], vertical_alignment="center")
    answer = scenario.answer
    with words:
        st.markdown(f"**{scenario.name}**  \n{escaped(_value_words(scenario, first))}")
    with picture, st.container(key=f"predict_scenario_{scenario.letter}"):
        st.html(interval_picture(answer.prediction, answer.interval, scale))
        st.caption(escaped(interval_words(answer.interval)))
    with button:
        st.button(
            "Unpin",
            icon=":material/keep_off:",
            key=f"predict_unpin_{scenario.letter}",
            on_click=unpin,
            args=(answer,),
            help=f"Remove scenario {scenario.letter}.",
        )


def _value_words(scenario: Scenario, first: Scenario) -> str:
    value = written(scenario.answer.prediction)
    if scenario is first:
        return value
    return f"{value} :gray[({value_difference(first.answer, scenario.answer)})]"


def _draw_table(pinned: list[Scenario]) -> None:
    rows = comparison(pinned)
    columns = [[escaped(cell) for cell in column] for column in zip(*rows.values(), strict=True)]
    table = {"": list(rows)} | dict(zip([one.letter for one in pinned], columns, strict=True))
    with st.container(key=TABLE_KEY):
        st.html(TABLE_STYLE)
        st.table(table, border="horizontal", hide_header=False, alt="Scenarios side by side")
