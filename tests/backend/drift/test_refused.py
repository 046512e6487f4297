"""What refused inputs have in common: another unit, two swapped inputs, or nothing."""

import numpy as np
import pytest

from backend.contract.drift.refused import RefusedField
from backend.drift.refused import refused_fields, unit_factor
from backend.drift.univariate import ReferenceColumn
from storage.predictions.refused import Refusal, Refusals
from training.dataset.sources import load_table


@pytest.fixture(scope="module")
def columns() -> tuple[ReferenceColumn, ...]:
    return ReferenceColumn.columns(load_table().inputs)


def refusal(
    request: int, field: str, value: float | None, problem: str = "less_than_equal"
) -> Refusal:
    return Refusal(str(request), field, problem, 1, value)


def found(columns: tuple[ReferenceColumn, ...], *refusals: Refusal) -> list[RefusedField]:
    return refused_fields(Refusals(refusals, truncated=False), columns)


def test_incomes_in_dollars_are_asked_about_as_another_unit(
    columns: tuple[ReferenceColumn, ...],
) -> None:
    incomes = load_table().inputs[:200, 0] * 10_000
    (field,) = found(
        columns,
        *(refusal(number, "MedInc", value) for number, value in enumerate(incomes.tolist())),
    )
    assert field.in_another_unit
    assert field.factor == pytest.approx(10_000, rel=0.5)
    assert field.requests == 200
    assert field.reason.startswith("MedInc: all in another unit? Values around 25,662.5 in 200 ")


def test_bad_values_of_all_sizes_are_no_unit(columns: tuple[ReferenceColumn, ...]) -> None:
    values = [100.0, 1e7, -3.0, 5e9, 1e5, -1e4]
    (field,) = found(columns, *(refusal(n, "MedInc", value) for n, value in enumerate(values)))
    assert not field.in_another_unit
    assert field.factor is None
    assert "it takes" in field.reason


def test_two_values_are_too_few_to_guess_from(columns: tuple[ReferenceColumn, ...]) -> None:
    (field,) = found(columns, *(refusal(n, "MedInc", 60_000.0) for n in range(2)))
    assert (field.in_another_unit, field.requests) == (False, 2)


def test_swapped_coordinates_are_named(columns: tuple[ReferenceColumn, ...]) -> None:
    table = load_table().inputs[:50]
    rows = [refusal(n, "Latitude", row[7]) for n, row in enumerate(table.tolist())]
    rows += [refusal(n, "Longitude", row[6]) for n, row in enumerate(table.tolist())]
    by_name = {field.name: field for field in found(columns, *rows)}
    assert by_name["Latitude"].swapped_with == "Longitude"
    assert by_name["Longitude"].swapped_with == "Latitude"
    assert not by_name["Latitude"].in_another_unit
    assert "swapped?" in by_name["Latitude"].reason


def test_missing_values_are_counted_by_problem(columns: tuple[ReferenceColumn, ...]) -> None:
    rows = [refusal(1, "HouseAge", None, "missing"), refusal(2, "HouseAge", None, "float_type")]
    (field,) = found(columns, *rows)
    assert field.problems == {"missing": 1, "float_type": 1}
    assert (field.median, field.factor) == (None, None)
    assert field.reason == (
        "HouseAge: missing or not a number in 2 refused requests; it takes 0 to 200."
    )


def test_a_sentence_about_values_counts_only_requests_that_sent_some(
    columns: tuple[ReferenceColumn, ...],
) -> None:
    rows = [refusal(n, "MedInc", 80_000.0) for n in range(4)]
    rows += [refusal(n, "MedInc", None, "missing") for n in range(4, 9)]
    (field,) = found(columns, *rows)
    assert field.requests == 9
    assert "Values around 80,000 in 4 refused requests" in field.reason


@pytest.mark.parametrize("factor", [-1000.0, 0.0, 2.0])
def test_a_small_or_opposite_difference_is_no_unit(factor: float) -> None:
    assert unit_factor(np.full(20, 3.5 * factor), 3.5) is None
