"""Steps of time over HTTP: in any zone, and a zone that does not exist is refused."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from backend.contract.stored.traffic import SummaryResponse

STEPPED = (
    *("/metrics/api/summary", "/monitoring/performance"),
    *("/monitoring/shadow", "/monitoring/drift"),
)


@pytest.mark.parametrize("path", STEPPED)
@pytest.mark.parametrize("zone", ["Mars", "Europe", "../../etc/passwd", "{0}", ""])
def test_an_unknown_zone_is_refused_in_a_sentence_that_says_what_to_write(
    http: FlaskClient, path: str, zone: str
) -> None:
    answer = http.get(path, query_string={"zone": zone})
    assert answer.status_code == 400
    assert answer.json is not None
    said = f'zone: There is no time zone "{zone}"; write one as in Europe/Berlin, or UTC'
    assert answer.json["error"].startswith(said)


def test_a_day_begins_at_the_midnight_of_the_zone(
    http: FlaskClient, store_records: Callable[[], None]
) -> None:
    store_records()
    for zone in ("UTC", "Asia/Kathmandu", "America/New_York"):
        answer = http.get(f"/metrics/api/summary?window=5d&step=1d&zone={zone}")
        found = SummaryResponse.model_validate(answer.json)
        clocks = [step.time.astimezone(ZoneInfo(zone)) for step in found.series]
        assert len(clocks) == 6
        assert {f"{clock:%H:%M:%S}" for clock in clocks} == {"00:00:00"}
