"""The gate cannot be fooled by readings of the test part: they are not learned, and would prove nothing."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from storage.predictions.labelled import LabelledRows
from storage.schema.predictions import Predictions
from storage.schema.records import utc_now
from storage.settings import Settings
from tests.training.conftest import FittedChampion, fit_candidate
from tests.training.dataset.reread import ATTACKS, reread
from training.dataset.production_rows import HOLDOUT_SUBJECT, LabelledWindow, with_labelled_rows
from training.dataset.splits import Part, split
from training.dataset.table import HousingTable
from training.evaluation.comparison import Comparison, ComparisonFigures
from training.models.price_pipeline import PricePipeline
from training.promotion.judging_rows import judging_rows

NOW = utc_now()


@pytest.fixture(scope="module")
def test_part(embedded: HousingTable) -> Part:
    """Rows that the champion of these tests never saw."""
    return split(embedded, seed=0).test.open()


@pytest.mark.parametrize("attack", ATTACKS)
def test_readings_of_the_test_part_are_not_learned(
    tmp_path: Path, embedded: HousingTable, test_part: Part, attack: str
) -> None:
    """Of 2,000 with the inputs moved by 2 %, 1,392 were."""
    readings = LabelledRows(reread(test_part.inputs[:2_000], attack), test_part.targets[:2_000])
    window = LabelledWindow(NOW - timedelta(days=90), NOW, readings)
    settings = Settings(runtime_directory=tmp_path / "runtime")
    _, report = with_labelled_rows(split(embedded, seed=0), window, settings)
    assert report.left_out[HOLDOUT_SUBJECT] > 1_500
    assert report.used == 0


def test_readings_that_were_learned_all_the_same_prove_nothing(
    champion: FittedChampion, embedded: HousingTable
) -> None:
    """Moved by 5 %, beyond what training recognizes: on all rows the challenger would be better."""
    own = np.unique(np.concatenate([champion.train.inputs, champion.validation.inputs]), axis=0)
    others = np.array([not (row == own).all(axis=1).any() for row in embedded.inputs[::8]])
    test = Part(embedded.inputs[::8][others], embedded.targets[::8][others])
    leaked = np.arange(len(test)) % 2 == 0
    readings = reread(test.inputs[leaked], "jittered", by=0.05)
    train = Part(
        np.concatenate([champion.train.inputs, readings]),
        np.concatenate([champion.train.targets, test.targets[leaked]]),
    )
    challenger = fit_candidate(train, champion.validation)
    judges = judging_rows(test.inputs, champion.train.inputs, train.inputs)
    assert compared(challenger, champion.pipeline, test, leaked).is_better
    assert compared(challenger, champion.pipeline, test, np.ones(len(test), np.bool_)).is_better
    assert not judges[leaked].any()
    assert judges[~leaked].sum() > 100


def compared(
    challenger: PricePipeline, champion: PricePipeline, test: Part, rows: np.ndarray
) -> ComparisonFigures:
    """Compare two models on some rows of a part."""
    part = Part(test.inputs[rows], test.targets[rows])
    challengers, champions = (
        Predictions(answers, answers, answers).labelled(part.targets, part.inputs)
        for answers in (each.predict(part.inputs) for each in (challenger, champion))
    )
    return Comparison(challengers, champions).measure(0)


def test_all_rows_judge_where_both_learned_the_same(
    champion: FittedChampion, test_part: Part
) -> None:
    learned = champion.train.inputs
    judges = judging_rows(np.concatenate([test_part.inputs, learned[:5]]), learned, learned)
    assert judges[-5:].tolist() == [False] * 5
    assert (
        judges[:-5].mean() > 0.8
    )  # the champion of these tests learned from some of the test part
