"""The house's own answers are those of the library that grew the trees."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone

from storage.errors import InvalidInput
from storage.models.pickles import pickled, unpickled
from storage.schema.arrays import FloatArray
from tests.training.boosters.coded_rows import CODE_COUNTS, coded_rows, with_more_gaps
from training.boosters import catboost_trees
from training.boosters.catboost_trees import CatBoostTrees
from training.boosters.library import is_installed, library
from training.boosters.library_trees import LibraryTrees
from training.boosters.lightgbm_trees import LightGBMTrees
from training.boosters.xgboost_trees import XGBoostTrees

SINGLE = 2e-5
"""XGBoost adds a hundred leaves up in single precision."""


def _kind(model: type[LibraryTrees], difference: float) -> Any:
    missing = pytest.mark.skipif(
        not is_installed(model.library), reason=f"{model.library} is optional, and not installed"
    )
    return pytest.param(model, difference, id=model.library, marks=missing)


KINDS = [
    _kind(LightGBMTrees, 0.0),
    _kind(XGBoostTrees, SINGLE),
    # Its scale and bias are added in another order.
    _kind(CatBoostTrees, 1e-12),
]
each_kind = pytest.mark.parametrize(("kind", "difference"), KINDS)


class _Watched:
    """A model, and the library's own after ``fit``."""

    def __init__(self, model: LibraryTrees, monkeypatch: pytest.MonkeyPatch) -> None:
        self.model = model
        self._own: Any = None
        owner, name = (
            (catboost_trees, "_oblivious_trees")
            if isinstance(model, CatBoostTrees)
            else (type(model), "_booster")
        )
        original = getattr(owner, name)

        def kept(*arguments: Any) -> Any:
            made = original(*arguments)
            self._own = arguments[0] if isinstance(model, CatBoostTrees) else made
            return made

        monkeypatch.setattr(owner, name, kept)

    def library_answers(self, features: FloatArray) -> FloatArray:
        """Return what the library's own predict says."""
        rows = self.model._rows(features, np.zeros(len(features)))
        if isinstance(self.model, LightGBMTrees):
            found = self._own.predict(
                rows.features, num_iteration=self.model.rounds_, num_threads=1
            )
        elif isinstance(self.model, XGBoostTrees):
            matrix = self.model._matrix(library("xgboost"), rows)
            found = self._own.predict(matrix, iteration_range=(0, self.model.rounds_))
        else:
            assert isinstance(self.model, CatBoostTrees)
            found = self._own.predict(self.model._pool(rows))
        return np.asarray(found, dtype=np.float64)


@each_kind
@pytest.mark.parametrize("code_counts", [CODE_COUNTS, ()], ids=["categories", "numbers"])
def test_the_answers_are_the_librarys(
    kind: Any, difference: float, code_counts: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = _Watched(kind(n_estimators=100, code_counts=code_counts), monkeypatch)
    watched.model.fit(*coded_rows(1500, 0), eval_set=[coded_rows(500, 1)])
    features = with_more_gaps(coded_rows(700, 2)[0], 3)
    answers = watched.model.predict(features)
    assert np.abs(answers - watched.library_answers(features)).max() <= difference
    # One row takes another way through the compiled functions than many.
    one_by_one = [watched.model.predict(row[np.newaxis])[0] for row in features[:50]]
    assert np.array_equal(one_by_one, answers[:50])


@each_kind
@given(data=st.data())
@settings(max_examples=15)
def test_so_they_are_at_and_beside_every_border(
    kind: Any, difference: float, data: st.DataObject
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        watched = _Watched(kind(n_estimators=5, early_stopping_rounds=None), patch)
        seed = data.draw(st.integers(0, 1000))
        # Few distinct numbers, of any size: borders lie between neighbours in single precision.
        size = data.draw(st.sampled_from([1e-30, 1e-3, 1.0, 1e6, 1e20]))
        values = np.random.default_rng(seed).integers(-9, 9, (300, 2)) * size
        watched.model.fit(values, np.sin(values[:, 0] / size) + values[:, 1] / size)
        borders = _borders(watched.model)
        near = np.concatenate([borders, np.nextafter(borders, np.inf), borders.astype(np.float32)])
        features = np.column_stack([near, near[::-1]])
        answers = watched.model.predict(features)
        found = watched.library_answers(features)
        assert np.abs(answers - found).max() <= difference * 10


def _borders(model: LibraryTrees) -> FloatArray:
    borders = model.forest_.arrays.thresholds
    return borders if len(borders) else np.zeros(1)


@each_kind
def test_growing_ends_where_validation_gets_no_better(kind: Any, difference: float) -> None:
    rows, checked = coded_rows(800, 0), coded_rows(400, 1)
    model = kind(learning_rate=0.3, code_counts=CODE_COUNTS, early_stopping_rounds=5)
    model.fit(*rows, eval_set=[checked])
    assert 1 < model.rounds_ < 500
    longer = clone(model).set_params(n_estimators=model.rounds_ + 5, early_stopping_rounds=None)
    longer.fit(*rows)
    errors = [np.mean((each.predict(checked[0]) - checked[1]) ** 2) for each in (model, longer)]
    assert longer.rounds_ == model.rounds_ + 5
    assert errors[0] <= errors[1]


@each_kind
def test_weights_count(kind: Any, difference: float) -> None:
    features, targets = coded_rows(800, 0)
    high = targets > np.median(targets)
    models = [
        kind(n_estimators=20, code_counts=CODE_COUNTS).fit(features, targets, sample_weight=each)
        for each in (None, np.where(high, 9.0, 1.0))
    ]
    plain, weighted = (model.predict(features).mean() for model in models)
    assert weighted > plain


@each_kind
def test_a_version_names_no_class_of_the_library(kind: Any, difference: float) -> None:
    features, targets = coded_rows(800, 0)
    model = kind(n_estimators=20, code_counts=CODE_COUNTS).fit(features, targets)
    content = pickled(model)
    # Its name is a kind of ours ("xgboost trees"), and no module.
    assert f"{model.library}.".encode() not in content
    assert f"{model.library}\n".encode() not in content
    assert np.array_equal(unpickled(content).predict(features), model.predict(features))


@pytest.mark.parametrize("kind", [LightGBMTrees, XGBoostTrees, CatBoostTrees])
def test_a_missing_library_is_named_with_the_command(
    kind: type[LibraryTrees], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.boosters.library.is_installed", lambda name: False)
    said = f"pip install -r requirements/{kind.library}.txt"
    with pytest.raises(InvalidInput, match=said):
        kind().fit(*coded_rows(10, 0))
