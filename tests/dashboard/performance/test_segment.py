"""A segment that a person builds: from the address, from a row of the table, from a square of the map."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from backend.client import HousingClient
from backend.contract.feedback import FeedbackItem
from backend.contract.performance import ErrorCell
from backend.contract.query.where import written_where
from dashboard.performance.error_map import square
from dashboard.performance.slices import SEGMENT
from dashboard.shared.segment_choice import PARAMETER
from tests.dashboard.conftest import OpenPage, Service, log_writer, sentences
from tests.dashboard.performance.test_page import (  # noqa: F401
    KEY,
    ask,
    held_out,
    keyed_service,
    operator,
    said,
)
from training.dataset.splits import Part

Opened = Callable[..., AppTest]


@pytest.fixture
def opened(
    open_page: OpenPage,
    keyed_service: Service,  # noqa: F811
    operator: HousingClient,  # noqa: F811
    held_out: Part,  # noqa: F811
) -> Opened:
    """Open the page with parameters of its address, over 300 labelled predictions."""

    def open_(**address: str) -> AppTest:
        page = open_page("performance", keyed_service, dashboard_key=KEY)
        page.query_params.update(address)
        ids = ask(operator, held_out, 300)
        with log_writer(keyed_service):
            pairs = zip(ids, held_out.targets[:300].tolist(), strict=True)
            operator.feedback(
                [FeedbackItem(prediction_id=one, actual=value) for one, value in pairs]
            )
        return page.run()

    return open_


def test_a_segment_is_built_and_kept_in_the_address(opened: Opened) -> None:
    page = opened()
    page.multiselect(SEGMENT.names_key).set_value(["MedInc"]).run()
    assert PARAMETER not in page.query_params
    page.number_input("performance_where_MedInc_lowest").set_value(3.0).run()
    assert not sentences(page)
    assert page.query_params[PARAMETER] == "MedInc:3.."
    figures = page.dataframe[1].value.set_index("part")
    assert list(figures.index) == ["This segment", "All others", "This segment on the holdout"]
    assert figures.loc[["This segment", "All others"], "rows"].sum() == 300
    assert "300 of 300 labelled predictions looked at" in said(page)
    worst = page.dataframe[2].value
    assert worst["error"].abs().is_monotonic_decreasing
    assert (worst["MedInc"] >= 3).all()
    page.multiselect(SEGMENT.names_key).set_value([]).run()
    assert PARAMETER not in page.query_params


def test_a_link_opens_its_segment(opened: Opened) -> None:
    page = opened(**{PARAMETER: "MedInc:2..4;income:lowest quarter"})
    assert page.session_state[SEGMENT.names_key] == ["MedInc", "income"]
    assert page.session_state["performance_where_MedInc_highest"] == 4
    assert page.session_state["performance_where_income_word"] == "lowest quarter"
    assert page.dataframe[1].value["rows"].iloc[0] < 300


def test_a_segment_of_the_address_that_is_none_is_named(opened: Opened) -> None:
    page = opened(**{PARAMETER: "MedInc:cheap"})
    assert "write MedInc as a range" in page.warning[0].value
    assert page.session_state[SEGMENT.names_key] == []


def test_a_square_of_the_map_ends_before_its_neighbours() -> None:
    cell = ErrorCell(latitude=34.25, longitude=-118.25, rows=1, mae=0.1, bias=0.0)
    assert written_where(tuple(square(cell))) == "Latitude:34..<34.5;Longitude:-118.5..<-118"
