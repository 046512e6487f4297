"""Signs of a broken source: found where rows are spoiled, not where other rows are asked for."""

from collections.abc import Callable

import numpy as np
import pytest

from backend.contract.drift.harm import SensorSign
from backend.drift.detector import DriftDetector
from backend.drift.sensor import sensor_signs
from backend.drift.thresholds import DriftThresholds
from storage.domain.inputs import FEATURE_NAMES
from storage.schema.arrays import FloatArray

INCOME, ROOMS, LATITUDE = (FEATURE_NAMES.index(name) for name in ("MedInc", "AveRooms", "Latitude"))
Spoil = Callable[[FloatArray], None]


def signs(detector: DriftDetector, inputs: FloatArray) -> list[SensorSign]:
    return sensor_signs(detector, inputs, detector.compare(inputs), DriftThresholds())


def stuck(inputs: FloatArray) -> None:
    inputs[:400, INCOME] = 3.0


def rounded(inputs: FloatArray) -> None:
    inputs[:, LATITUDE] = inputs[:, LATITUDE].round(1)


def missing(inputs: FloatArray) -> None:
    inputs[:200, INCOME] = np.nan


def in_another_unit(inputs: FloatArray) -> None:
    inputs[:600, ROOMS] *= 10.0


@pytest.mark.parametrize(
    ("spoil", "kind", "column", "value", "share"),
    [
        (stuck, "stuck", "MedInc", 3.0, 0.2),
        (rounded, "rounded", "Latitude", 1.0, 0.9),
        (missing, "missing", "MedInc", None, 0.1),
        (in_another_unit, "another_unit", "AveRooms", 10.0, 0.3),
    ],
)
def test_a_broken_source_is_named(
    detector: DriftDetector,
    window: FloatArray,
    spoil: Spoil,
    kind: str,
    column: str,
    value: float | None,
    share: float,
) -> None:
    spoil(window)
    (found,) = signs(detector, window)
    assert (found.kind, found.column, found.refused) == (kind, column, False)
    assert found.share == pytest.approx(share, abs=0.05)
    assert found.value == (None if value is None else pytest.approx(value, rel=0.1))


def test_columns_of_different_rows_are_named_where_no_input_moved(
    detector: DriftDetector, window: FloatArray
) -> None:
    random = np.random.default_rng(0)
    for column in range(window.shape[1]):
        window[:400, column] = random.permutation(window[:400, column])
    (found,) = signs(detector, window)
    assert (found.kind, found.column) == ("mixed", None)


def test_other_rows_are_no_broken_source_though_one_value_comes_more_often(
    detector: DriftDetector, shuffled_table: FloatArray, window: FloatArray
) -> None:
    # Incomes are capped at one value, which a richer mix repeats.
    inputs = shuffled_table[:, :-1]
    tilt = np.exp(0.9 * (inputs[:, INCOME] - inputs[:, INCOME].mean()) / inputs[:, INCOME].std())
    random = np.random.default_rng(0)
    richer = inputs[random.choice(len(inputs), 2_000, replace=False, p=tilt / tilt.sum())]
    report = detector.compare(richer)
    assert [each.kind for each in report.plausibility if each.drifted and each.column == "MedInc"]
    assert signs(detector, richer) == []
    assert signs(detector, window) == []
