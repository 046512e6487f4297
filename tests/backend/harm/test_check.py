"""Whether the inputs moved is said by the verdict that the alarm follows."""

from typing import Any

from backend.contract.drift.analysis import (
    AlarmState,
    ColumnScore,
    DriftAnalysis,
    DriftWindowResponse,
    TrafficChange,
    UsualTraffic,
)
from backend.harm.check import has_moved, moved_inputs

INPUTS = ("MedInc", "AveRooms", "HouseAge")


def answered(follows: str, **usual: Any) -> DriftWindowResponse:
    """Return a window of which the incomes differ from training; as much of it as is looked at."""
    scores = dict.fromkeys(INPUTS, ColumnScore.model_construct(**{}))
    said: dict[str, Any] = {"overall_drift": True, "drifted_features": ["MedInc"]}
    parts: dict[str, Any] = {
        "drift_analysis": DriftAnalysis.model_construct(**said, drift_scores=scores),
        "usual_traffic": UsualTraffic.model_construct(**usual),
        "alarm": AlarmState(raised=False, confirmed_windows=0, reason="", follows=follows),
    }
    return DriftWindowResponse.model_construct(**parts)


def changed(name: str, aspect: str) -> TrafficChange:
    figures = {"usual": 0.0, "shift": 1.0, "adjusted_p_value": 1e-6}
    return TrafficChange.model_validate({"name": name, "aspect": aspect, **figures})


def test_while_the_usual_traffic_is_learned_training_says_it() -> None:
    found = answered("training", drifted=None, changed=[])
    assert (has_moved(found), moved_inputs(found)) == (True, ["MedInc"])


def test_a_lasting_difference_from_training_is_no_change_of_the_usual_traffic() -> None:
    found = answered("usual_traffic", drifted=False, changed=[])
    assert (has_moved(found), moved_inputs(found)) == (False, [])


def test_what_differs_from_the_usual_traffic_is_named_once_and_only_inputs_are() -> None:
    aspects = [("AveRooms", "level"), ("prediction", "level"), ("AveRooms", "spread")]
    found = answered("usual_traffic", drifted=True, changed=[changed(*each) for each in aspects])
    assert (has_moved(found), moved_inputs(found)) == (True, ["AveRooms"])
