"""Machine code compiled ahead is all that the service needs; and what happens where none can be kept."""

import json
from pathlib import Path

import pytest

from tests.system import said_by
from training.compilation import __main__ as compilation
from training.kernels import machine_code

AHEAD = """
import json, sys
from pathlib import Path
from training.kernels import compiled

functions = []
dispatcher = compiled._dispatcher
compiled._dispatcher = lambda *given: functions.append(dispatcher(*given)) or functions[-1]

from training.compilation.ahead import compile_all

def signatures():
    return {f"{each.py_func.__module__}.{each.py_func.__name__} {one}"
            for each in functions for one in each.signatures}

compile_all()
ahead = signatures()

import numpy
from backend.serving.served_model import ServedModel
from storage.domain.inputs import EXAMPLE
from storage.models.store import ModelStore
from storage.paths import RuntimePaths

store = ModelStore(RuntimePaths(Path(sys.argv[1])))
model = ServedModel.load(store, store.champion().version)
one = numpy.array([list(EXAMPLE.values())])
model.answer(one.repeat(600, axis=0))
model.explain(one[0])
model.drift_detector
print(json.dumps([len(ahead), sorted(signatures() - ahead)]))
"""


def test_the_service_needs_no_function_that_was_not_compiled_ahead(trained_runtime: Path) -> None:
    number, missing = json.loads(said_by("-c", AHEAD, trained_runtime))
    assert number > 10
    assert missing == []


OF_A_LIBRARY = """
import json

from training.compilation import ahead
from training.features.ranked_inputs import RankedInputs
from training.models.compiled_model import _answer_coded

ahead.compile_all()
known = set(_answer_coded.signatures)

splits = ahead.split(ahead.load_table(), ahead.SEED)
steps = [("preprocessing", RankedInputs()), ("regressor", ahead.LightGBMTrees(n_estimators=5))]
candidate = ahead.Candidate("lightgbm", "LightGBM", ahead.PricePipeline(steps))
fitted = ahead.fit(candidate, splits.train, splits.validation, threads=1)
intervals = ahead.fit_intervals(fitted, splits, ahead.SEED)
again = [ahead.unpickled(ahead.pickled(one)) for one in (fitted.pipeline, intervals)]
ahead._ask(*again, splits.train)
print(json.dumps([len(known), len(set(_answer_coded.signatures) - known)]))
"""


def test_trees_of_a_library_need_no_function_that_was_not_compiled_ahead() -> None:
    known, missing = json.loads(said_by("-c", OF_A_LIBRARY))
    assert known >= 1
    assert missing == 0


def test_nothing_is_compiled_where_it_would_not_be_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compilation, "why_not_kept", lambda: "Nowhere.")
    monkeypatch.setattr(compilation, "compile_all", pytest.fail)
    with pytest.raises(SystemExit, match="Nowhere"):
        compilation.main([])


def test_code_in_a_sealed_folder_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that cannot be written, as in a read-only container, whoever runs the test."""
    monkeypatch.setattr(machine_code, "_parents", lambda: iter([tmp_path]))
    monkeypatch.setattr(machine_code, "usable_folder", lambda parent, name: None)
    folder = tmp_path / machine_code.checksum(machine_code.SOURCES)
    folder.mkdir()
    _forget()
    assert machine_code.code_folder() is None
    assert str(tmp_path) in str(machine_code.why_not_kept())
    (folder / "one.nbi").touch()
    _forget()
    assert machine_code.code_folder() == folder
    assert not machine_code.keeps_code()
    assert machine_code.why_not_kept() is None
    _forget()


def test_compiling_in_vain_is_said_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(machine_code, "keeps_code", lambda: False)
    monkeypatch.setattr(machine_code, "_compiled_in_vain", [])
    cache = machine_code.SharedCache.__new__(machine_code.SharedCache)
    for _ in range(2):
        cache.save_overload("a signature", None)
    [said] = caplog.messages
    assert said == machine_code.why_not_kept()
    assert "NUMBA_CACHE_DIR" in said


def _forget() -> None:
    machine_code.code_folder.cache_clear()
    machine_code.keeps_code.cache_clear()
