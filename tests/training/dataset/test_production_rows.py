"""What a retraining learns from beside the table: which rows, how heavily, and nothing that judges it."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from storage.domain.target import TARGET_CAP
from storage.predictions.labelled import LabelledRows
from storage.schema.arrays import FloatArray
from storage.schema.records import utc_now
from storage.schema.triggers import Trigger
from storage.settings import Settings
from tests.settings import changed
from tests.small_worker import FEW_TREES, with_few_trees
from tests.training.conftest import named_candidates
from tests.training.labelled import keep_labelled
from training.dataset.districts import falls_into_share, is_district_of
from training.dataset.missing import Missing
from training.dataset.production_rows import (
    HOLDOUT_SUBJECT,
    KEPT_FOR_THE_GATE,
    LabelledWindow,
    checksum,
    read_retraining,
    with_labelled_rows,
)
from training.dataset.recent_part import read_recent_part
from training.dataset.screening import ASKED_ABOUT_AGAIN
from training.dataset.splits import Part, Splits, split
from training.dataset.table import HousingTable
from training.fitting.fit import fit
from training.models.price_pipeline import PREPROCESSING

NOW = utc_now()
TRIGGER = Trigger(trigger_id="one", created_at=NOW, requested_by="tests", reason="the test asks")
BASE, LABELLED = 3_000, 1_000
OCCUPANCY = 5


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(runtime_directory=tmp_path / "runtime")


@pytest.fixture(scope="module")
def base(embedded: HousingTable) -> HousingTable:
    return HousingTable(embedded.values[:BASE:2], "part of the table")


@pytest.fixture
def splits(base: HousingTable) -> Splits:
    return split(base, seed=0)


@pytest.fixture(scope="module")
def production(embedded: HousingTable) -> LabelledRows:
    """Districts that are not in the base table, between those that are."""
    rows = slice(1, 2 * LABELLED, 2)
    return LabelledRows(embedded.inputs[rows], embedded.targets[rows])


def window(found: LabelledRows | Missing) -> LabelledWindow:
    return LabelledWindow(NOW - timedelta(days=90), NOW, found)


def judging(table: HousingTable) -> FloatArray:
    parts = split(table, seed=0)
    return np.concatenate([parts.validation.inputs, parts.test.open().inputs])


def test_labelled_rows_join_the_training_part_and_all_are_accounted_for(
    settings: Settings, splits: Splits, production: LabelledRows
) -> None:
    joined, report = with_labelled_rows(splits, window(production), settings)
    assert report.why_not is None
    assert report.found == LABELLED == report.used + sum(report.left_out.values())
    assert 0.2 * LABELLED < report.left_out[KEPT_FOR_THE_GATE] < 0.4 * LABELLED
    assert len(joined.train) == len(splits.train) + report.used - report.replaced
    np.testing.assert_array_equal(joined.validation.inputs, splits.validation.inputs)
    assert joined.test is splits.test
    learned = joined.train.inputs[-report.used :]
    assert not falls_into_share(learned, settings.promotion.recent_share).any()


def test_the_same_rows_are_learned_again(
    settings: Settings, base: HousingTable, production: LabelledRows
) -> None:
    one, two = (
        with_labelled_rows(split(base, seed=0), window(production), settings)[0] for _ in range(2)
    )
    assert checksum(one.train) == checksum(two.train) != checksum(split(base, seed=0).train)


def test_no_district_that_judges_is_learned_however_it_was_read(
    settings: Settings, base: HousingTable, splits: Splits, production: LabelledRows
) -> None:
    judges = judging(base)
    stuck = judges.copy()
    stuck[:, OCCUPANCY] = 3.5
    both = np.concatenate([judges[::2], stuck[1::2], production.inputs])
    prices = np.concatenate([np.full(len(judges), 1.7), production.actual])
    believing = changed(settings, training_labelled_outlier_distance=1e9)
    found = window(LabelledRows(both, prices))
    joined, report = with_labelled_rows(splits, found, believing)
    assert report.used > 0
    # Two districts at one place, of one age and with the same stuck occupancy, look like one.
    left_out = report.left_out[HOLDOUT_SUBJECT] + report.left_out.get(ASKED_ABOUT_AGAIN, 0)
    assert (
        len(judges) <= left_out < len(judges) + 0.08 * LABELLED
    )  # new ones that are alike by chance
    assert not is_district_of(joined.train.inputs, judges).any()


def test_a_newer_reading_replaces_the_districts_row_so_that_none_is_its_own_neighbour(
    settings: Settings, splits: Splits, production: LabelledRows
) -> None:
    again = splits.train.inputs[:300].copy()
    again[::2, OCCUPANCY] *= 1.01
    found = LabelledRows(again, 1.1 * splits.train.targets[:300])
    joined, report = with_labelled_rows(splits, window(found), settings)
    assert report.replaced >= report.used > 150  # of some, a district that is alike goes too
    assert len(joined.train) == len(splits.train) + report.used - report.replaced
    learned, others = joined.train.inputs[-report.used :], joined.train.inputs[: -report.used]
    assert not is_district_of(learned, others).any()


def test_a_labelled_rows_own_price_is_in_none_of_its_features(
    settings: Settings, base: HousingTable, production: LabelledRows
) -> None:
    weighty = changed(settings, training_labelled_weight=5.0)
    joined, _ = with_labelled_rows(split(base, seed=0), window(production), weighty)
    (candidate,) = named_candidates("neighbour_boosting")
    features = candidate.pipeline[PREPROCESSING]
    before = features.fit_transform(joined.train.inputs, joined.train.targets)
    other = joined.train.targets.copy()
    other[-1] = 0.5 if other[-1] > 1.0 else 4.0
    after = features.fit_transform(joined.train.inputs, other)
    np.testing.assert_array_equal(before[-1], after[-1])
    assert (before[:-1] != after[:-1]).any()  # its neighbours see it: it is a district like others


@pytest.mark.parametrize(
    ("name", "few"),
    [
        ("neighbour_boosting", FEW_TREES),
        ("hist_gradient_boosting", {"regressor__max_iter": 50, "regressor__learning_rate": 0.2}),
    ],
)
def test_a_heavier_row_counts_for_more(
    settings: Settings,
    base: HousingTable,
    production: LabelledRows,
    name: str,
    few: dict[str, float],
) -> None:
    dearer = LabelledRows(production.inputs, 1.5 * production.actual)
    (candidate,) = named_candidates(name)
    candidate = with_few_trees(candidate, few)
    errors = []
    for weight in (0.01, 20.0):
        told = changed(settings, training_labelled_weight=weight)
        joined, report = with_labelled_rows(split(base, seed=0), window(dearer), told)
        rows = slice(-report.used, None)
        part = Part(joined.train.inputs[rows], joined.train.targets[rows])
        errors.append(fit(candidate, joined.train, part, threads=1).validation.rmse)
    assert errors[0] > errors[1]


def test_prices_above_the_cap_are_learned_as_the_cap(
    settings: Settings, splits: Splits, production: LabelledRows
) -> None:
    risen = LabelledRows(production.inputs, 2.0 * production.actual)
    joined, report = with_labelled_rows(splits, window(risen), settings)
    assert risen.actual.max() > TARGET_CAP
    assert joined.train.targets[-report.used :].max() == TARGET_CAP


def test_too_few_rows_leave_the_base_table_alone_with_the_numbers(
    settings: Settings, splits: Splits, production: LabelledRows
) -> None:
    few = production.only(np.arange(LABELLED) < 80)
    joined, report = with_labelled_rows(splits, window(few), settings)
    assert joined is splits
    assert report.used == 0
    assert report.why_not is not None
    assert report.why_not.startswith("at least 100 labelled predictions are needed, and only ")
    assert report.why_not.endswith(" of 80 can be learned from")
    assert "base table only, because at least 100" in report.sentence()


def test_the_database_being_away_leaves_the_base_table_alone(
    settings: Settings, splits: Splits
) -> None:
    retraining = read_retraining(settings, TRIGGER)
    joined, report = with_labelled_rows(splits, retraining.window, settings)
    assert joined is splits
    assert "the database cannot be read" in report.sentence()


def test_what_is_read_ends_where_the_trigger_was_written(
    settings: Settings, production: LabelledRows
) -> None:
    days = (0.0, 1.0, 89.0, 91.0, -1.0)
    part = Part(production.inputs[: len(days)], production.actual[: len(days)])
    keep_labelled(settings, part, [NOW - timedelta(days=each) for each in days])
    found = read_retraining(settings, TRIGGER).window.found
    assert isinstance(found, LabelledRows)
    np.testing.assert_array_equal(found.inputs, part.inputs[1:3])
    off = changed(settings, training_labelled_most_rows=0)
    assert isinstance(read_retraining(off, TRIGGER).window.found, Missing)


def test_each_labelled_prediction_is_counted_once_learned_or_with_its_reason(
    settings: Settings, splits: Splits, production: LabelledRows
) -> None:
    some = changed(settings, training_labelled_most_rows=600)
    part = Part(production.inputs[:830], production.actual[:830])
    ages = [1.0] * 800 + [100.0] * 30
    keep_labelled(some, part, [NOW - timedelta(days=age) for age in ages])
    simulated = Part(production.inputs[:40], production.actual[:40])
    keep_labelled(some, simulated, NOW - timedelta(days=1), source="simulation")
    _, report = with_labelled_rows(splits, read_retraining(some, TRIGGER).window, some)
    assert report.unread == {
        "not asked by a customer": 40,
        "answered before the last 90 days": 30,
        "beyond the newest 600": 200,
    }
    left_out = sum(report.unread.values()) + sum(report.left_out.values())
    assert report.labelled == 870 == report.used + left_out
    assert report.usable == report.used > 0
    assert f"{report.used} of 870 labelled predictions" in report.sentence()
    assert "40 not asked by a customer" in report.sentence()


def test_what_is_learned_is_no_part_of_the_recent_part(
    settings: Settings, splits: Splits, production: LabelledRows
) -> None:
    keep_labelled(settings, Part(production.inputs, production.actual), NOW - timedelta(days=1))
    retraining = read_retraining(settings, TRIGGER)
    joined, report = with_labelled_rows(splits, retraining.window, settings)
    recent = read_recent_part(settings, None, NOW, joined.train, splits.validation.inputs)
    assert isinstance(recent, Part)
    assert not is_district_of(recent.inputs, joined.train.inputs).any()
    assert abs(len(recent) - report.left_out[KEPT_FOR_THE_GATE]) < 10
