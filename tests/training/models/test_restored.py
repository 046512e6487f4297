"""A version's files name no class of ours, and come back with the same answers."""

import io
import pickle
import pickletools
import zlib
from importlib import import_module

import joblib
import numpy as np
import pytest
from sklearn.base import clone

from storage.models.pickles import pickled, unpickled
from storage.models.restored import KINDS, FormatUnknown, Kind, reduced, restored
from tests.training.conftest import FittedChampion
from training.models.neighbour_boosting import BoostedTrees
from training.models.price_pipeline import PREPROCESSING, REGRESSOR

OURS = ("training", "storage", "backend", "dashboard")
NEAR = 1e-12


def names_of_ours(content: bytes) -> set[str]:
    """Return the modules of ours, and what is named after them, in a pickle."""
    words = [
        argument for _, argument, _ in pickletools.genops(content) if isinstance(argument, str)
    ]
    return {
        f"{word} {following}"
        for word, following in zip(words, [*words[1:], ""], strict=True)
        if word.split(".")[0] in OURS and (word in OURS or "." in word)
    }


@pytest.mark.parametrize("part", ["pipeline", "preprocessing", "intervals"])
@pytest.mark.parametrize("compressed", [False, True])
def test_no_class_of_ours_is_named(champion: FittedChampion, part: str, compressed: bool) -> None:
    parts = {
        "pipeline": champion.pipeline,
        "preprocessing": champion.pipeline[PREPROCESSING],
        "intervals": champion.intervals,
    }
    content = pickled(parts[part], compressed=compressed)
    plain = zlib.decompress(content) if compressed else content
    assert names_of_ours(plain) == {"storage.models.restored restored"}
    assert len(names_of_ours(pickle.dumps(parts[part]))) > 1  # what would be named otherwise


def test_each_comes_back_with_the_same_answers(champion: FittedChampion) -> None:
    inputs = champion.validation.inputs
    content = pickled(champion.pipeline)
    intervals = unpickled(pickled(champion.intervals))
    for pipeline in (unpickled(content), joblib.load(io.BytesIO(content))):
        copy = FittedChampion(pipeline, intervals, champion.train, champion.validation)
        for now, then in zip(copy.answer(inputs), champion.answer(inputs), strict=True):
            assert now == pytest.approx(then, rel=0, abs=NEAR)


def test_what_comes_back_can_be_cloned(champion: FittedChampion) -> None:
    regressor = unpickled(pickled(champion.pipeline))[REGRESSOR]
    assert repr(clone(regressor)) == repr(clone(champion.pipeline[REGRESSOR]))


def test_a_model_without_compiled_trees_comes_back() -> None:
    inputs = np.random.default_rng(0).random((200, 3))
    trees = BoostedTrees(max_iter=5).fit(inputs, inputs.sum(axis=1))
    copy = unpickled(pickled(trees))
    assert isinstance(copy, BoostedTrees)
    assert np.array_equal(copy.predict(inputs), trees.predict(inputs))


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: str(kind.name))
def test_each_kind_has_its_class(kind: Kind) -> None:
    assert isinstance(getattr(import_module(kind.module), kind.name), type)


@pytest.mark.parametrize(("kind", "format"), [("flat forest", 99), ("forest of tomorrow", 1)])
def test_what_a_later_release_wrote_is_refused(kind: str, format: int) -> None:
    with pytest.raises(FormatUnknown, match=f"'{kind}' in format {format} is of a later release"):
        restored(kind, format, {})


def test_a_class_of_ours_without_a_kind_is_refused_when_it_is_pickled() -> None:
    with pytest.raises(TypeError, match="Kind is in a model and has no kind"):
        reduced(Kind("", ""))
