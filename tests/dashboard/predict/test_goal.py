"""The goal on the Predict page: what would have to change, or that nothing supported would do."""

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import NumberInput

from backend.contract.counterfactuals import PLACE, Alternative, Change
from backend.contract.predictions import EXAMPLE, HousingFeatures, Interval
from dashboard.predict.goal import changed_words
from tests.dashboard.conftest import OpenPage, Service, sentences


def test_a_goal_below_is_reached_and_can_be_taken(open_page: OpenPage, service: Service) -> None:
    page = _asked(open_page, service)
    assert page.multiselect(key="predict_goal_frozen").value == PLACE
    page.selectbox(key="predict_goal_side").set_value("At most")
    _goal(page).set_value(250_000.0)
    page.button(key="predict_goal_ask").click().run()
    assert not sentences(page)
    first = page.table[-1]
    assert "→" in str(first.value)
    latitude = page.number_input[6].value
    page.button(key="predict_goal_take_0").click().run()
    assert not sentences(page)
    assert page.number_input[6].value == latitude
    assert page.session_state["predict_answer"].prediction <= 2.5


def test_a_goal_out_of_reach_is_said(open_page: OpenPage, service: Service) -> None:
    page = _asked(open_page, service)
    _goal(page).set_value(5_000_000.0)
    page.button(key="predict_goal_ask").click().run()
    assert page.info[0].value.startswith("No supported answer")
    assert not sentences(page)


def test_changes_are_said_with_both_values() -> None:
    one = Alternative(
        input=HousingFeatures(**EXAMPLE),
        changes=[Change(feature="HouseAge", before=41.0, after=12.0)],
        prediction=2.0,
        interval=Interval(lower=1.0, upper=3.0, coverage=0.9),
        support=0.5,
    )
    assert changed_words(one) == {"House age (years)": "41 → 12"}


def _asked(open_page: OpenPage, service: Service) -> AppTest:
    page = open_page("predict", service)
    page.button(key="predict_submit").click().run()
    page.session_state["predict_tab"] = "Goal"
    return page.run()


def _goal(page: AppTest) -> NumberInput:
    (field,) = [
        each for each in page.number_input if str(each.key).startswith("predict_goal_value")
    ]
    return field
