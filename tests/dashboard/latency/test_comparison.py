"""The shown range beside the period before it: the change of each figure, and its course as a faint line."""

from contextlib import closing
from datetime import timedelta

from backend.client import HousingClient
from backend.contract.predictions import EXAMPLE, HousingFeatures
from backend.contract.stored.traffic import Step
from dashboard.latency.chart import latency_option, part_of
from dashboard.timeline.comparison import COMPARE, change_words
from dashboard.wording.moment import on_axis
from storage.schema.records import utc_now
from storage.spool.spool import Spool
from tests.dashboard.conftest import OpenPage, Service, sentences
from tests.dashboard.latency.test_page import NOON, TEN, summary
from tests.storage.records import request


def test_a_change_is_written_where_there_is_something_to_compare_with() -> None:
    assert [change_words(*pair) for pair in ((12, 10), (5, 20), (50, 10), (10.01, 10))] == [
        "+20%",
        "-75%",
        "×5",
        "±0%",
    ]
    assert [change_words(*pair) for pair in ((3, 0), (None, 10), (3, None))] == [None] * 3


def test_the_period_before_is_drawn_at_the_times_that_correspond() -> None:
    now, hour = summary(), timedelta(hours=1)
    earlier = [
        Step(**step.model_dump() | {"time": step.time - hour, "until": step.until - hour})
        for step in now.series
    ]
    before = now.model_copy(update={"since": NOON - hour, "series": earlier})
    series = {one["name"]: one for one in latency_option(part_of(now, before))["series"]}
    assert series["Rate before"]["data"] == [
        (on_axis(NOON + TEN / 2), 2.0),
        (on_axis(NOON + 3 * TEN / 2), 0.0),
        (on_axis(NOON + 5 * TEN / 2), 2.0),
    ]
    assert [value for _, value in series["p95 before"]["data"]] == [2.0, None, 2.0]


def test_the_page_says_how_much_changed(
    open_page: OpenPage, service: Service, client: HousingClient
) -> None:
    for _ in range(4):
        client.predict(HousingFeatures(**EXAMPLE))
    earlier = utc_now() - timedelta(minutes=20)
    with closing(Spool(service.settings.paths.spool, 2**20)) as spool:
        spool.append([request().model_copy(update={"timestamp": earlier}) for _ in range(2)])
    service.store_records()
    page = open_page("latency", service)
    assert {metric.delta for metric in page.metric} == {""}
    page.session_state[COMPARE] = True
    page.run()
    assert not sentences(page)
    changes = {metric.label: metric.delta for metric in page.metric}
    assert (changes["Requests"], changes["Errors"]) == ("×2", "")
