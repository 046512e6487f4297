"""A blend settles its members on rows of the training part, and is served as one compiled function."""

from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from storage.models.pickles import pickled, unpickled
from storage.schema.arrays import FloatArray
from training.dataset.splits import Splits, split
from training.dataset.table import HousingTable
from training.fitting.fit import fit, fit_intervals
from training.fitting.threads import fitting_threads
from training.models.blend import trial
from training.models.blend.member import Kind, Plan, Rows, TreeSize
from training.models.blend.regressor import BlendedBoosting
from training.models.blend.trial import KINDS, Draw, Effort, Tried, tried
from training.models.candidates import Candidate, all_candidates, select
from training.models.predictor import compiled_if_equal
from training.models.price_pipeline import PREPROCESSING, REGRESSOR, PricePipeline
from training.models.reference_profile import ReferenceProfile, ReferenceSearch

SMALL = TreeSize(6, 8, 0.1, 40)
OF_ALL_KINDS = tuple(Plan(kind, SMALL, 0.25, 1.1 if kind.is_log else 1.0) for kind in KINDS)
NEAR = 1e-9


@pytest.fixture(autouse=True)
def little_effort(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = (TreeSize(3, 5, 0.1, 60), TreeSize(6, 8, 0.1, 60))
    monkeypatch.setattr(trial, "EFFORTS", (Effort(np.inf, 3, sizes),))


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """As a fit of few rows has it."""
    with fitting_threads(0):
        yield


def skewed(rows: int, seed: int = 3) -> tuple[FloatArray, FloatArray]:
    """Inputs (n, 8), and targets whose logarithm is a plain function of them."""
    random = np.random.default_rng(seed)
    inputs = random.normal(size=(rows, 8))
    return inputs, np.exp(inputs[:, 0] + 0.5 * inputs[:, 1] + random.normal(0, 0.2, rows))


def rmse(model: BlendedBoosting, inputs: FloatArray, targets: FloatArray) -> float:
    return float(np.sqrt(np.mean(np.square(model.predict(inputs) - targets))))


def test_noise_is_not_learned() -> None:
    """Where nothing can be known, fixed trees would err more than the mean does."""
    random = np.random.default_rng(0)
    inputs, others = random.normal(size=(2, 300, 8))
    targets = random.normal(size=300)
    fixed = HistGradientBoostingRegressor(max_iter=300, early_stopping=False).fit(inputs, targets)
    blended = BlendedBoosting().fit(inputs, targets)
    assert np.std(blended.predict(others)) < 0.5 * np.std(fixed.predict(others))


def test_a_line_is_found_where_there_is_one() -> None:
    """Trees alone know nothing beyond the rows that they saw."""
    random = np.random.default_rng(1)
    inputs = random.normal(size=(400, 8))
    targets = inputs @ np.arange(8.0) + random.normal(0, 0.1, 400)
    model = BlendedBoosting().fit(inputs, targets)
    assert all(plan.kind.has_line for plan in model.plan_)
    beyond = 2 * inputs[:50]
    assert model.predict(beyond) == pytest.approx(beyond @ np.arange(8.0), abs=3)


def test_the_logarithm_is_found_where_the_target_grows_by_factors() -> None:
    inputs, targets = skewed(900)
    model = BlendedBoosting().fit(inputs[:600], targets[:600])
    assert sum(plan.weight for plan in model.plan_ if plan.kind.is_log) > 0.5
    plain = BlendedBoosting((Plan(Kind(False, False), SMALL, 1.0, 1.0),)).fit(
        inputs[:600], targets[:600]
    )
    judged = inputs[600:], targets[600:]
    assert rmse(model, *judged) < rmse(plain, *judged)
    # The exponential of mean logarithms alone would be too low.
    assert model.predict(judged[0]).mean() == pytest.approx(judged[1].mean(), rel=0.1)


def test_targets_below_zero_have_no_logarithm() -> None:
    inputs, targets = skewed(300)
    targets[0] = -1.0
    model = BlendedBoosting().fit(inputs, targets)
    assert not any(plan.kind.is_log for plan in model.plan_)


def test_rows_in_order_of_time_are_judged_by_later_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    inputs, targets = skewed(300)
    inputs[:, 0] = np.arange(300)
    judged: list[tuple[float, float]] = []

    def spied(kind: Kind, size: TreeSize, rows: Rows, draws: Sequence[Draw], seed: int) -> Tried:
        judged.extend(
            (rows.features[learned, 0].max(), rows.features[others, 0].min())
            for learned, others in draws
        )
        return tried(kind, size, rows, draws, seed)

    monkeypatch.setattr(trial, "tried", spied)
    BlendedBoosting(in_order=True).fit(inputs, targets)
    assert judged
    assert all(last < first for last, first in judged)


def test_weights_count() -> None:
    inputs, targets = skewed(300)
    weights = np.where(targets > np.median(targets), 20.0, 1.0)
    even = BlendedBoosting(OF_ALL_KINDS).fit(inputs, targets)
    uneven = BlendedBoosting(OF_ALL_KINDS).fit(inputs, targets, sample_weight=weights)
    assert uneven.predict(inputs).mean() > even.predict(inputs).mean()


def test_for_intervals_the_heaviest_member_stands_for_all() -> None:
    inputs, targets = skewed(300)
    model = BlendedBoosting().fit(inputs, targets)
    (alone,) = clone(model.heaviest()).fit(inputs, targets).plan_
    assert alone.weight == 1.0
    assert alone.size == max(model.plan_, key=lambda each: each.weight).size


@pytest.mark.parametrize("name", ["blended", "linear_regression"])
def test_it_is_served_compiled_with_the_same_answers(name: str, small_table: HousingTable) -> None:
    parts = split(small_table, seed=0)
    if name == "blended":
        identity = FunctionTransformer(feature_names_out="one-to-one")
        steps = [(PREPROCESSING, identity), (REGRESSOR, BlendedBoosting(OF_ALL_KINDS))]
        candidate = Candidate(name, "Blended", PricePipeline(steps))
    else:
        (candidate,) = select(all_candidates(0, 1), [name])
    _compare(candidate, parts)


def _compare(candidate: Candidate, parts: Splits) -> None:
    fitted = fit(candidate, parts.train, parts.validation, threads=1)
    copy: Pipeline = unpickled(pickled(fitted.pipeline))
    intervals = fit_intervals(fitted, parts, 0)
    search = ReferenceSearch(ReferenceProfile.fit(parts.train.inputs, parts.train.targets, 0))
    inputs = parts.validation.inputs
    compiled = compiled_if_equal(copy, intervals, search, inputs)
    assert compiled is not None
    answers = compiled.answer(inputs)
    assert answers[:, 0] == pytest.approx(fitted.pipeline.predict(inputs), rel=NEAR)
    assert (answers[:, 1] <= answers[:, 0]).all()
    assert (answers[:, 0] <= answers[:, 2]).all()
    assert compiled.answer(inputs[:1])[0] == pytest.approx(answers[0], rel=NEAR)


def test_what_was_chosen_is_told_with_the_parameters(small_table: HousingTable) -> None:
    model = BlendedBoosting(OF_ALL_KINDS[:1]).fit(
        small_table.values[:, :-1], small_table.values[:, -1]
    )
    assert model.chosen() == {
        "member_1": "25%: 40 trees of 6 leaves, of the target (learning rate 0.1, at least 8 rows in a leaf)"
    }
