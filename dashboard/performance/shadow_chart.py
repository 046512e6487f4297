"""Shadow testing: the predictions of a challenger beside those of the champion."""

from datetime import timedelta
from typing import Any

import streamlit as st

from backend.client import HousingClient
from backend.contract.performance import Estimate
from backend.contract.shadow import ShadowQuery, ShadowResponse, ShadowStep
from dashboard.charts.chart_panel import panel_grid, panel_title, time_axis, value_axis
from dashboard.charts.colours import DOWN, TOTAL, UP
from dashboard.charts.time_steps import middle, running_words, step_datasets, with_running
from dashboard.shared.service import asking_service
from dashboard.timeline.time_chart import draw_time_chart
from dashboard.timeline.time_range import TimeRange
from dashboard.wording.moment import on_axis, step_words
from dashboard.wording.value import CHART_UNIT, in_chart_unit, share_range, value_range, value_words
from dashboard.wording.zone import zone_name

CHALLENGER, CHAMPION = "Challenger's RMSE", "Champion's RMSE"
MEAN, SPREAD, ROWS = "Mean difference", "RMS difference", "Shadow predictions"


def shadow_panel(service: HousingClient, shown: TimeRange) -> None:
    """Draw figures and trend of a range's shadow predictions; without any, say why."""
    st.header("Shadow testing", anchor=False)
    with asking_service():
        found = service.shadow(
            ShadowQuery(window=shown.length, until=shown.until, zone=zone_name())
        )
        if not found.n:
            st.markdown(f":gray[{empty_sentence(found)}]")
            return
        st.caption(_who(found))
        facts = shadow_facts(found)
        if facts:
            st.table(
                facts, border="horizontal", alt="Shadow predictions compared with the champion's"
            )
        else:
            st.markdown(f":gray[Not enough data: at least {found.minimum_rows:,} are needed.]")
        _draw_trend(found)


def empty_sentence(found: ShadowResponse) -> str:
    """Say why there are none."""
    if not found.share:
        return "Shadow testing is off (`HOUSING_SHADOW_SHARE` is 0)."
    return (
        f"No shadow predictions in this period. {found.share:.0%} of predictions are shadowed while there is "
        "a challenger newer than the champion and the worker is idle."
    )


def shadow_facts(found: ShadowResponse) -> dict[str, str]:
    """Return name and value of each figure, as Markdown; empty with too few answers."""
    difference, errors = found.difference, found.errors
    if difference.mean is None or difference.rms is None:
        return {}
    facts = {
        MEAN: value_range(difference.mean),
        SPREAD: value_range(difference.rms),
        "Middle 90%": _middle(found),
    }
    if difference.beyond_interval is not None:
        facts["Outside the champion's interval"] = share_range(difference.beyond_interval)
    facts["Labelled"] = f"{errors.challenger.rows:,} of {difference.rows:,}"
    if errors.challenger.rmse is None or errors.champion.rmse is None:
        return facts
    facts |= {
        CHALLENGER: value_range(errors.challenger.rmse),
        CHAMPION: value_range(errors.champion.rmse),
    }
    if errors.rmse_difference is not None:
        facts["RMSE difference"] = value_range(errors.rmse_difference)
    return facts


def _middle(found: ShadowResponse) -> str:
    quantiles = found.difference.quantiles
    return f"{value_words(quantiles[0].difference)} to {value_words(quantiles[-1].difference)}"


def _who(found: ShadowResponse) -> str:
    others = (
        f" ({found.of_other_versions:,} more by other versions)" if found.of_other_versions else ""
    )
    return (
        f"Challenger {found.challenger} shadowed {found.n:,} predictions of champion {found.champion}"
        f"{others}. Differences are challenger minus champion; :gray[gray: 95% confidence intervals]."
    )


def _draw_trend(found: ShadowResponse) -> None:
    words = step_words(timedelta(seconds=found.step_seconds))
    running = running_words(unfinished=found.series[-1].unfinished)
    st.caption(f"One point per {words} with at least 30 shadow predictions, or 30 labels.{running}")
    draw_time_chart(
        shadow_option(found),
        "shadow_course",
        (found.series[0].since, found.series[-1].until),
        height=430,
        alt=f"Differences and realized errors in {CHART_UNIT}, and shadow predictions for each {words}",
    )


def shadow_option(found: ShadowResponse) -> dict[str, Any]:
    """Return the chart: differences, errors where there are labels, and counts, on one time axis in UTC."""
    first, last = found.series[0], found.series[-1]
    span = {
        "min": on_axis(first.since),
        "max": on_axis(last.until),
        "containShape": False,
    }
    return {
        "useUTC": True,
        "animationDuration": 300,
        "dataset": step_datasets([*map(_point, found.series)], unfinished=last.unfinished),
        "tooltip": {"trigger": "axis"},
        "axisPointer": {"link": [{"xAxisIndex": "all"}]},
        "legend": {
            "top": 26,
            "left": 0,
            "itemWidth": 22,
            "data": [MEAN, SPREAD, CHALLENGER, CHAMPION],
        },
        "title": [panel_title(CHART_UNIT, 4), panel_title(ROWS, "70%")],
        "grid": [panel_grid(66, "36%"), panel_grid("79%", 28)],
        "xAxis": [time_axis(0, labelled=False) | span, time_axis(1, labelled=True) | span],
        "yAxis": [value_axis(0) | {"scale": True}, value_axis(1)],
        "series": with_running(
            [
                _line(MEAN, "mean", UP, "solid"),
                _line(SPREAD, "rms", DOWN, "solid"),
                _line(CHALLENGER, "challenger", UP, "dashed"),
                _line(CHAMPION, "champion", TOTAL, "dashed"),
                _bars(),
            ],
            unfinished=last.unfinished,
        ),
    }


def _point(step: ShadowStep) -> dict[str, Any]:
    difference, errors = step.difference, step.errors
    return {
        "time": middle(step.since, step.until),
        "mean": _value(difference.mean),
        "rms": _value(difference.rms),
        "challenger": _value(errors.challenger.rmse),
        "champion": _value(errors.champion.rmse),
        "rows": difference.rows,
    }


def _value(estimate: Estimate | None) -> float | None:
    return None if estimate is None else in_chart_unit(estimate.value)


def _line(title: str, name: str, colour: str, stroke: str) -> dict[str, Any]:
    return {
        "type": "line",
        "name": title,
        "encode": {"x": "time", "y": name},
        "itemStyle": {"color": colour},
        "lineStyle": {"width": 2, "type": stroke, "color": colour},
        "symbol": "circle",
        "symbolSize": 6,
        "xAxisIndex": 0,
        "yAxisIndex": 0,
    }


def _bars() -> dict[str, Any]:
    return {
        "type": "bar",
        "name": ROWS,
        "stack": "rows",
        "encode": {"x": "time", "y": "rows"},
        "itemStyle": {"color": TOTAL},
        "xAxisIndex": 1,
        "yAxisIndex": 1,
    }
