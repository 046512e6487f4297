"""The Drift page of a segment: from the address or the controls, with its own rows or with all others."""

from backend.client import HousingClient
from dashboard.drift.report.document import drift_report
from dashboard.drift.segment import SEGMENT
from dashboard.shared.segment_choice import PARAMETER
from tests.dashboard.conftest import OpenPage, Service, sentences
from tests.dashboard.drift.test_reference import said
from tests.districts import unseen_districts

ROWS = 1_000


def test_a_segment_is_compared_with_itself_and_with_all_others(
    open_page: OpenPage, service: Service
) -> None:
    usual, richer = unseen_districts(ROWS), unseen_districts(ROWS, 1.5)
    pairs = zip(usual, richer, strict=True)
    with HousingClient(service.settings.addresses.backend_url, timeout_seconds=60) as client:
        client.predict_batch([one if one.Latitude > 36 else other for one, other in pairs])
    service.store_records()
    page = open_page("drift", service)
    page.multiselect(SEGMENT.names_key).set_value(["Latitude"]).run()
    page.number_input(f"{SEGMENT.names_key}_Latitude_highest").set_value(36.0).run()
    assert not sentences(page)
    assert page.query_params[PARAMETER] == "Latitude:..36"
    south = sum(row.Latitude <= 36 for row in usual)
    assert "of the segment compared with training" in said(page)
    assert "1 of 8 inputs drifted" in said(page)
    rows = f"{south} predictions in the segment Latitude (degrees north): up to 36"
    assert any(rows in caption.value for caption in page.caption)
    assert not [button for button in page.button if button.key == "drift_ask"]
    page.selectbox(key="drift_reference").set_value("All other predictions").run()
    assert "of the segment compared with all other predictions" in said(page)
    found = page.session_state["drift_reading"]
    assert (found.found.reference.n_samples, found.found.searched) == (ROWS - south, ROWS)
    report = drift_report(found.found, found.refused, "Customers")
    assert f"In the segment Latitude (degrees north): up to 36, of {ROWS:,} looked at" in report
    assert f"the {ROWS - south} other predictions of the period" in report
    page.multiselect(SEGMENT.names_key).set_value([]).run()
    assert page.info[0].value.startswith("Choose a segment: it is compared with all other")
    assert PARAMETER not in page.query_params
