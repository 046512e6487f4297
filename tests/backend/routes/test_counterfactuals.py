"""POST /counterfactuals: what would have to change, and what is refused."""

from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from backend.contract.counterfactuals import PLACE
from storage.domain.inputs import EXAMPLE, FEATURE_NAMES
from tests.districts import unseen_districts

GOALS = ("at_least", "at_most")


def test_a_lower_price_is_reached_with_the_place_as_it_is(http: FlaskClient) -> None:
    answer = _ask(http, {"input": EXAMPLE, "at_most": 2.5})
    assert answer["reason"] is None
    assert answer["prediction"] > 2.5
    for one in answer["alternatives"]:
        assert one["prediction"] <= 2.5
        assert one["interval"]["upper"] < answer["interval"]["lower"]
        assert one["support"] >= 0.05
        changed = {each["feature"]: (each["before"], each["after"]) for each in one["changes"]}
        assert changed
        assert not changed.keys() & set(PLACE)
        for name, (before, after) in changed.items():
            assert (before, after) == (EXAMPLE[name], one["input"][name])


def test_what_there_is_none_of_is_said(http: FlaskClient) -> None:
    reached = _ask(http, {"input": EXAMPLE, "at_most": 5.0})
    assert reached["reason"].startswith("The present prediction reaches this already")
    frozen = _ask(http, {"input": EXAMPLE, "at_most": 1.0, "frozen": list(FEATURE_NAMES)})
    assert frozen["reason"].startswith("Every input has to stay")
    beyond = _ask(http, {"input": EXAMPLE, "at_least": 1e9})
    assert beyond["reason"].startswith("No supported answer")
    assert reached["alternatives"] == frozen["alternatives"] == beyond["alternatives"] == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"input": EXAMPLE},
        {"input": EXAMPLE, "at_least": 3.0, "at_most": 2.0},
        {"input": EXAMPLE, "at_least": "much"},
        {"input": EXAMPLE, "at_least": 3.0, "frozen": ["Colour"]},
        {"input": EXAMPLE, "at_least": 3.0, "minimum_support": 2},
        {"input": EXAMPLE | {"MedInc": None}, "at_least": 3.0},
        {"input": EXAMPLE, "at_least": 3.0, "colour": "red"},
    ],
)
def test_a_wrong_question_is_refused(http: FlaskClient, body: dict[str, Any]) -> None:
    answer = http.post("/counterfactuals", json=body)
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["validation_errors"]


def test_no_condition_is_violated_whatever_is_asked(http: FlaskClient) -> None:
    _try(http, tries=25)


@pytest.mark.soak
def test_no_condition_is_violated_in_a_thousand_tries(http: FlaskClient) -> None:
    _try(http, tries=1_000)


def _try(http: FlaskClient, tries: int) -> None:
    districts = unseen_districts(500)
    rng = np.random.default_rng(0)
    found = 0
    for number in range(tries):
        row = districts[rng.integers(len(districts))].model_dump()
        frozen = [name for name in FEATURE_NAMES if rng.random() < 0.3]
        goal, support = GOALS[number % 2], float(rng.choice([0.0, 0.05, 0.3]))
        value = float(rng.uniform(0.5, 5.0))
        asked = {"input": row, goal: value, "frozen": frozen, "minimum_support": support}
        answer = _ask(http, asked)
        assert bool(answer["alternatives"]) != bool(answer["reason"])
        for one in answer["alternatives"]:
            found += 1
            again = http.post("/predict", json=one["input"]).json
            assert again is not None
            assert again["prediction"] == pytest.approx(one["prediction"], rel=1e-9)
            assert (value - again["prediction"]) * (1 if goal == "at_least" else -1) <= 1e-9
            assert again["support"] >= support
            assert all(one["input"][name] == row[name] for name in frozen)
            if goal == "at_least":
                assert again["interval"]["lower"] > answer["interval"]["upper"]
            else:
                assert again["interval"]["upper"] < answer["interval"]["lower"]
    assert found > tries / 5


def _ask(http: FlaskClient, body: dict[str, Any]) -> dict[str, Any]:
    answer = http.post("/counterfactuals", json=body)
    assert answer.status_code == 200, answer.json
    assert isinstance(answer.json, dict)
    return answer.json
