"""The named cause: what comes first, and what single refused requests do not say."""

import pytest

from backend.contract.drift.harm import SensorSign
from backend.contract.drift.refused import RefusedField
from backend.harm.cause import LEAST_REFUSED, SeenChange, cause_of, refused_signs

STUCK = SensorSign(
    kind="stuck", column="AveOccup", share=0.4, value=3.5, refused=False, reason="It is stuck."
)
UNIT = STUCK.model_copy(update={"kind": "another_unit", "share": 0.9, "refused": True})


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (SeenChange(moved=True, inputs=["MedInc"], signs=[STUCK], unexpected=2.0), "broken_sensor"),
        (SeenChange(moved=False, refused=[UNIT]), "broken_sensor"),
        (SeenChange(moved=True, inputs=["MedInc"], unexpected=2.0), "mix_of_inputs"),
        (SeenChange(moved=False, signs=[STUCK], unexpected=2.0), "only_labels"),
        (SeenChange(moved=False, has_labels=True), "nothing"),
    ],
)
def test_one_cause_is_named(change: SeenChange, name: str) -> None:
    assert cause_of(change).name == name


def test_the_largest_sign_comes_first() -> None:
    found = cause_of(SeenChange(moved=True, signs=[STUCK], refused=[UNIT]))
    assert [sign.kind for sign in found.signs] == ["another_unit", "stuck"]
    assert found.reason == "It is stuck. It is stuck."


def test_without_a_single_input_the_combination_is_named() -> None:
    assert cause_of(SeenChange(moved=True)).reason.endswith("by the combination of their inputs.")


def refused(name: str, requests: int, **said: object) -> RefusedField:
    fields: dict[str, object] = {
        "median": 50_000.0,
        "usual": 3.5,
        "factor": None,
        "in_another_unit": False,
    }
    fields |= {"swapped_with": None, "problems": {"less_than_equal": requests}}
    return RefusedField.model_validate(
        {"name": name, "requests": requests, "reason": f"{name}.", **fields, **said}
    )


def test_refused_requests_are_signs_from_a_share_on() -> None:
    unit = refused("MedInc", 30, in_another_unit=True, factor=14_000.0)
    (found,) = refused_signs([unit], 100)
    assert (found.kind, found.value, found.share, found.refused) == (
        "another_unit",
        14_000.0,
        0.3,
        True,
    )
    assert refused_signs([unit], int(30 / LEAST_REFUSED) + 1) == []


def test_swapped_inputs_are_one_sign_and_merely_odd_values_none() -> None:
    pair = [
        refused("Latitude", 30, swapped_with="Longitude"),
        refused("Longitude", 30, swapped_with="Latitude"),
    ]
    assert [sign.kind for sign in refused_signs(pair, 100)] == ["swapped"]
    assert refused_signs([refused("AveRooms", 30)], 100) == []
    assert [sign.kind for sign in refused_signs([refused("AveRooms", 30, median=None)], 100)] == [
        "missing"
    ]
