"""The traffic chart: from the first request on, points in the middle of their steps, units in the titles."""

from datetime import UTC, datetime, timedelta

from backend.contract.stored.traffic import Step
from dashboard.charts.time_steps import RING
from dashboard.overview.traffic_chart import since_first_request, traffic_option
from dashboard.wording.moment import on_axis

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def step(minute: int, requests: int, errors: int = 0, *, unfinished: bool = False) -> Step:
    latency = 2.0 if requests else None
    return Step(
        time=NOON + minute * MINUTE,
        until=NOON + (minute + 1) * MINUTE,
        unfinished=unfinished,
        requests=requests,
        errors=errors,
        errors_by_status={503: errors} if errors else {},
        p50=latency,
        p95=latency,
        p99=latency,
    )


def test_steps_before_the_first_request_are_left_out_and_later_ones_are_not() -> None:
    series = [step(0, 0), step(1, 0), step(2, 3), step(3, 0), step(4, 1)]
    assert since_first_request(series) == series[2:]
    assert since_first_request(series[:2]) == []


def test_the_chart_says_its_units_and_puts_points_into_the_middle_of_their_steps() -> None:
    option = traffic_option([step(0, 5, errors=2), step(1, 0)], MINUTE)
    assert [title["text"] for title in option["title"]] == ["Latency, ms", "Requests per minute"]
    (dataset,) = option["dataset"]
    first, second = dataset["source"]
    middle = on_axis(NOON + MINUTE / 2)
    assert first == {"time": middle, "p50": 2.0, "p95": 2.0, "OK": 3, "Failed": 2}
    assert (second["p50"], second["OK"]) == (None, 0)
    assert option["xAxis"][0]["min"] == on_axis(NOON)
    assert option["xAxis"][0]["max"] == on_axis(NOON + 2 * MINUTE)
    assert [series["name"] for series in option["series"]] == ["p50", "p95", "OK", "Failed"]


def test_the_running_step_is_hollow_or_pale_and_said_to_be_so_far() -> None:
    option = traffic_option([step(0, 5), step(1, 7), step(2, 1, unfinished=True)], MINUTE)
    over, running, link = (dataset["source"] for dataset in option["dataset"])
    assert [point["OK"] for point in over] == [5, 7]
    assert [point["OK"] for point in running] == [1]
    assert [point["OK"] for point in link] == [7, 1]
    latency = [series for series in option["series"] if series["name"] == "p50"]
    assert [series.get("datasetIndex") for series in latency] == [None, 2, 1]
    assert latency[1]["lineStyle"]["type"] == "dotted"
    assert latency[1]["tooltip"] == {"show": False}
    assert [series["symbol"] for series in latency] == ["circle", "none", RING]
    assert latency[2]["itemStyle"] == latency[0]["itemStyle"]
    assert latency[2]["tooltip"]["valueFormatter"] == "%.3g ms so far"
    solid, pale = (series for series in option["series"] if series["name"] == "OK")
    assert pale["itemStyle"] == solid["itemStyle"] | {"opacity": 0.5}
    # Series of one stack are added by their places, and the running step has one place only.
    assert (pale["datasetIndex"], pale["stack"]) == (1, "requests so far")
    assert pale["barGap"] == "-100%", "in the same column"
