"""Reading back: filters, windows and pages, on both databases."""

from datetime import timedelta

import pytest

from storage.database import reach
from storage.database.connection import Database
from storage.database.filters import LineFilter, RequestFilter
from storage.database.record_log import PageRequest, RecordLog
from storage.errors import InvalidInput, RecordNotFound
from storage.log_writer.writer import LogWriter
from storage.schema.records import SpoolRecord, utc_now
from storage.settings import Settings
from storage.spool.spool import Spool
from tests.storage import records


class Journal:
    """Stores records at once and reads them back."""

    def __init__(
        self, settings: Settings, spool: Spool, writable: Database, log: RecordLog
    ) -> None:
        self._spool = spool
        self._writer = LogWriter(settings.paths, writable, settings.log_writer.batch_bytes)
        self.log = log

    def keep(self, *kept: SpoolRecord) -> None:
        self._spool.append(kept)
        self._writer.drain(utc_now())


@pytest.fixture
def journal(settings: Settings, spool: Spool, writable: Database, readable: Database) -> Journal:
    return Journal(settings, spool, writable, RecordLog(readable, settings.paths))


def test_pages_cover_everything_once_newest_first(journal: Journal) -> None:
    journal.keep(*(records.log(message=str(number)) for number in range(25)))
    seen: list[str] = []
    token: str | None = None
    while True:
        page = journal.log.logs(PageRequest(limit=10, page_token=token))
        seen += [row["message"] for row in page.rows]
        journal.keep(records.log(message="newer"))  # new rows do not shift the pages
        token = page.next_page_token
        if token is None:
            break
    assert seen == [str(number) for number in range(24, -1, -1)]


def test_rows_of_one_moment_and_rows_that_came_late_are_paged_by_time(journal: Journal) -> None:
    now = utc_now()
    times = [now, now - timedelta(hours=1), now, now - timedelta(hours=2), now]
    journal.keep(
        *(records.log(str(n)).model_copy(update={"timestamp": at}) for n, at in enumerate(times))
    )
    seen: list[str] = []
    token: str | None = None
    while True:
        page = journal.log.logs(PageRequest(limit=2, page_token=token))
        seen += [row["message"] for row in page.rows]
        token = page.next_page_token
        if token is None:
            break
    assert seen == ["4", "2", "0", "1", "3"]


@pytest.mark.parametrize(
    "token", ["x", "-1", "1" * 40, "1;drop", "½", "17", "1_2_3", f"{'9' * 18}_1", "1.5_1", "_"]
)
def test_a_made_up_page_token_is_refused(journal: Journal, token: str) -> None:
    with pytest.raises(InvalidInput, match="page_token"):
        journal.log.logs(PageRequest(page_token=token))


def test_logs_filter_by_level_module_and_text(journal: Journal) -> None:
    journal.keep(
        records.log("100% full", level="ERROR", module="storage.spool.segments"),
        records.log("100 rows", level="INFO", module="storage.log_writer"),
        records.log("Quiet", level="INFO", module="backend.app"),
    )
    log = journal.log
    assert _messages(log, level="ERROR") == ["100% full"]
    assert _messages(log, module="storage") == ["100 rows", "100% full"]
    assert _messages(log, search="100%") == ["100% full"]
    assert _messages(log, search="quiet") == ["Quiet"]
    assert _messages(log, search="_") == []


def test_a_window_includes_its_start_and_not_its_end(journal: Journal) -> None:
    now = utc_now()
    times = [now - timedelta(hours=hours) for hours in (2, 1, 0)]
    journal.keep(
        *(records.log(str(n)).model_copy(update={"timestamp": at}) for n, at in enumerate(times))
    )
    page = journal.log.logs(PageRequest(since=times[0], until=times[2]))
    assert [row["message"] for row in page.rows] == ["1", "0"]


def test_requests_filter_by_endpoint_and_status(journal: Journal) -> None:
    journal.keep(
        records.request("/predict"), records.request("/predict", 400), records.request("/")
    )
    assert len(journal.log.requests(PageRequest(), RequestFilter(endpoint="/predict")).rows) == 2
    assert len(journal.log.requests(PageRequest(), RequestFilter(status=400)).rows) == 1


def test_requests_are_filtered_and_sorted_by_latency(journal: Journal) -> None:
    seconds = [0.002, 0.3, 0.09, 0.2, 0.2, 0.004]
    journal.keep(
        *(records.request().model_copy(update={"response_time": each}) for each in seconds)
    )
    for least in (0.0, 0.05, 0.1, 0.25):
        rows = journal.log.requests(PageRequest(), RequestFilter(min_seconds=least)).rows
        assert [row["response_time"] for row in rows] == [
            each for each in reversed(seconds) if each >= least
        ]
    seen: list[float] = []
    token: str | None = None
    while True:
        page = journal.log.slowest(PageRequest(limit=2, page_token=token))
        seen += [row["response_time"] for row in page.rows]
        token = page.next_page_token
        if token is None:
            break
    assert seen == sorted(seconds, reverse=True)
    assert not journal.log.slowest(PageRequest(), RequestFilter(status=404)).rows


def test_a_search_looks_at_a_limited_number_of_rows_and_goes_on_with_the_next_page(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reach, "MOST_READ", 4)
    now = utc_now()
    for number in range(12):
        line = records.log(f"{number} {'odd' if number % 2 else 'even'}")
        journal.keep(line.model_copy(update={"timestamp": now - timedelta(minutes=number)}))
    seen: list[str] = []
    looked = []
    token: str | None = None
    while True:
        page = journal.log.logs(PageRequest(limit=10, page_token=token), LineFilter(search="odd"))
        seen += [row["message"] for row in page.rows]
        looked.append(page.looked_since)
        token = page.next_page_token
        if token is None:
            break
    assert seen == [f"{number} odd" for number in range(1, 12, 2)]
    assert looked == [now - timedelta(minutes=4), now - timedelta(minutes=8), None]
    whole = journal.log.logs(PageRequest(limit=10))
    assert (len(whole.rows), whole.looked_since) == (10, None)


def test_an_unknown_prediction_is_not_found(journal: Journal) -> None:
    with pytest.raises(RecordNotFound):
        journal.log.prediction("nothing")


def test_statistics_of_an_empty_database_hold_no_nan(journal: Journal) -> None:
    totals = journal.log.statistics()["api_metrics"]
    assert totals == {
        "total_requests": 0,
        "avg_response_time": 0.0,
        "successful_requests": 0,
        "success_rate": 0.0,
    }


def test_statistics_count_what_is_there(journal: Journal) -> None:
    journal.keep(*records.one_of_each(), records.request(status=500))
    statistics = journal.log.statistics()
    assert statistics["logs_by_level"] == {"INFO": 1}
    assert statistics["api_metrics"]["success_rate"] == 0.5
    assert statistics["predictions"] == statistics["total_model_metrics"] == 1
    assert statistics["size_bytes"] > 0


def test_the_backlog_is_what_was_not_moved_yet(journal: Journal, spool: Spool) -> None:
    journal.keep(records.log())
    assert journal.log.statistics()["spool_backlog"]["bytes"] == 0
    spool.append([records.log()])
    assert journal.log.statistics()["spool_backlog"]["bytes"] > 100


def _messages(log: RecordLog, **filters: str) -> list[str]:
    return [row["message"] for row in log.logs(PageRequest(), LineFilter(**filters)).rows]
