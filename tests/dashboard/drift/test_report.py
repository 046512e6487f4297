"""The report as a file: it has what the page shows, needs nothing else, and runs nothing."""

import re
from html.parser import HTMLParser

from backend.client import HousingClient
from backend.contract.drift.refused import RefusedField
from dashboard.drift.reading import DriftReading
from dashboard.drift.report.document import POLICY, drift_report
from tests.dashboard.conftest import OpenPage, Service, sentences
from tests.districts import unseen_districts

EVIL = "<script>alert('x')</script>"
ROWS = 600


class Checked(HTMLParser):
    """The elements of a page and its words; fails where one is not closed, or loads or runs anything."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.words = ""
        self._opened: list[str] = []
        self.feed(page)
        assert self._opened == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert not [name for name, _ in attrs if name in ("src", "href") or name.startswith("on")]
        self.elements.append(tag)
        if tag != "meta":
            self._opened.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._opened.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def test_the_report_has_what_is_shown_and_needs_nothing_else(
    open_page: OpenPage, service: Service
) -> None:
    with HousingClient(service.settings.addresses.backend_url, timeout_seconds=60) as client:
        client.predict_batch(unseen_districts(ROWS, 1.5))
    service.store_records()
    page = open_page("drift", service)
    assert not sentences(page)
    assert page.download_button(key="drift_report").label == "Download report"
    reading: DriftReading = page.session_state["drift_reading"]
    content = drift_report(reading.found, reading.refused, "Customers")
    checked = Checked(content)
    assert checked.elements.count("svg") == 2 * 9 + 2
    assert "script" not in checked.elements
    assert not re.search(r"https?:|url\(|@import", content)
    assert POLICY.split(";")[0] in content.replace("&#x27;", "'")
    harm = reading.found.harm
    assert harm is not None
    said = (
        "High drift compared with training",
        "1 of 8 inputs drifted.",
        *reading.found.drift_analysis.reasons,
        "Mix of inputs",
        *harm.amounts,
        *harm.left_out,
        "Median income: drift over time",
        f"current, n = {ROWS:,}",
        reading.found.model_version,
        "times are in UTC",
        "600, 600 of them different",
    )
    for words in said:
        assert words in checked.words, words


def test_foreign_words_stay_words(open_page: OpenPage, service: Service) -> None:
    reading: DriftReading = open_page("drift", service).session_state["drift_reading"]
    field = RefusedField(
        name="MedInc",
        requests=3,
        problems={},
        median=None,
        usual=None,
        factor=None,
        in_another_unit=False,
        swapped_with=None,
        reason=EVIL,
    )
    refused = reading.refused.model_copy(update={"fields": [field], "requests": 3})
    found = reading.found.model_copy(update={"model_version": EVIL})
    checked = Checked(drift_report(found, refused, EVIL))
    assert "script" not in checked.elements
    assert checked.words.count(EVIL) == 4
    assert "Not enough data" in checked.words
