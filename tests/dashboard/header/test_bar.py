"""The header of a page: what it says of the service, and what follows from its choices."""

from datetime import UTC, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.settings import shared_settings
from dashboard.shared.refresh import OFF, REFRESH
from dashboard.timeline.time_range import BEGIN, END, OWN, RANGE, USUAL
from dashboard.wording.zone import KEY as ZONE
from tests.dashboard.conftest import OpenPage, Service


def _script() -> None:
    import streamlit as st

    from dashboard.header.bar import draw_header
    from dashboard.navigation import LATENCY, PREDICT
    from dashboard.shared.refresh import refresh_seconds
    from dashboard.timeline.time_range import chosen_range
    from dashboard.wording.moment import moment

    page = PREDICT if st.session_state.get("on_predict") else LATENCY
    draw_header(page)
    shown = chosen_range(LATENCY.usual)
    st.text(f"{shown.length} until {moment(shown.until) if shown.until else 'now'}")
    st.text(f"every {refresh_seconds()}")


@pytest.fixture
def header(open_page: OpenPage, service: Service) -> AppTest:
    """The header, with what a page makes of its choices."""
    open_page("latency", service)  # which makes the settings those of the service
    page = AppTest.from_function(_script, default_timeout=30).run()
    assert not page.exception
    return page


def test_it_says_that_the_service_is_up_which_model_serves_and_what_is_shown(
    header: AppTest, service: Service
) -> None:
    state = header.markdown[0].value
    assert ":green-badge" in state
    assert "Model `" in state
    assert state.endswith("UTC, now]]")
    service.stop()
    assert ":red-badge[:material/cloud_off: Down]" in header.run().markdown[0].value


def test_a_choice_is_every_pages_and_usual_is_each_pages_own(header: AppTest) -> None:
    assert header.text[0].value == "0:15:00 until now"
    header.selectbox(key=RANGE).set_value("7d").run()
    assert header.text[0].value == "7 days, 0:00:00 until now"
    header.session_state["on_predict"] = True
    header.run()
    header.session_state["on_predict"] = False
    assert header.run().text[0].value == "7 days, 0:00:00 until now"
    header.selectbox(key=RANGE).set_value(USUAL).run()
    assert header.text[0].value == "0:15:00 until now"


def test_a_range_of_ones_own_stays_where_it_is_in_another_zone(header: AppTest) -> None:
    header.text_input(key=BEGIN).set_value("2026-01-05 10:00").run()
    header.text_input(key=END).set_value("2026-01-05 11:30").run()
    assert header.selectbox(key=RANGE).value == OWN
    assert header.text[0].value == "1:30:00 until 2026-01-05 11:30 UTC"
    header.selectbox(key=ZONE).set_value("Asia/Tokyo").run()
    assert header.text[0].value == "1:30:00 until 2026-01-05 20:30 JST"
    assert header.text_input(key=BEGIN).value == "2026-01-05 19:00:00"
    header.text_input(key=BEGIN).set_value("soon").run()
    (problem,) = header.error
    assert "Write times such as" in problem.value
    assert header.text[0].value == "0:15:00 until now", "the page's usual one meanwhile"


def test_zooming_out_doubles_the_range(header: AppTest) -> None:
    header.button(key="header_icon_zoom_out").click().run()
    assert header.text[0].value.startswith("0:30:00 until ")
    end = datetime.fromisoformat(str(header.text_input(key=END).value)).replace(tzinfo=UTC)
    assert datetime.now(UTC) - end < timedelta(minutes=1)


def test_the_pace_of_reading_is_the_settings_until_it_is_chosen(header: AppTest) -> None:
    usual = shared_settings().dashboard.refresh_seconds
    assert header.text[1].value == f"every {usual}"
    header.selectbox(key=REFRESH).set_value("1 min").run()
    assert header.text[1].value == "every 60.0"
    header.selectbox(key=REFRESH).set_value(OFF).run()
    assert header.text[1].value == "every None"


def test_reading_again_forgets_what_was_read(header: AppTest) -> None:
    header.session_state["drift_reading"] = "old"
    header.button(key="header_icon_read").click().run()
    assert "drift_reading" not in header.session_state
