"""Machine code that several processes compile, keep and load at once."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.system import REPOSITORY, clean_environment
from training.kernels import compiled as compilation

SUMMED = """
from training.kernels.compiled import compiled


@compiled
def summed(values):
    total = values[0]
    for value in values[1:]:
        total += value
    return total
"""
COMPILE_ONE = """
import sys, time
import numpy
from numba.core import caching
from summed import summed

load_index = caching.IndexDataCacheFile._load_index

def load_index_slowly(cache):
    index = load_index(cache)
    time.sleep(1)  # a slow disk: whoever may, reads the index before anybody else has written it
    return index

caching.IndexDataCacheFile._load_index = load_index_slowly
print("ready", flush=True)
sys.stdin.readline()
print(summed(numpy.array([1, 2, 3], sys.argv[1])))
"""
RUN_ALL = """
import sys
import numpy
from summed import summed

answers = [summed(numpy.array([1, 2, 3], kind)) for kind in sys.argv[1:]]
print(*answers, "some" if summed.stats.cache_misses else "none", "compiled anew")
"""
KINDS = ("float64", "int64", "float32")


def test_processes_that_compile_at_once_keep_their_code_apart(tmp_path: Path) -> None:
    (tmp_path / "summed.py").write_text(SUMMED)
    started = [_start(tmp_path, COMPILE_ONE, kind) for kind in KINDS]
    for process in started:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin
        print(file=process.stdin, flush=True)
    answers = [process.communicate(timeout=120)[0] for process in started]
    assert answers == ["6.0\n", "6\n", "6.0\n"]
    last = _start(tmp_path, RUN_ALL, *KINDS)
    assert last.communicate(timeout=120)[0] == "6.0 6 6.0 none compiled anew\n"


def _start(folder: Path, program: str, *arguments: str) -> subprocess.Popen[str]:
    paths = {"PYTHONPATH": f"{REPOSITORY}:{folder}", "NUMBA_CACHE_DIR": str(folder / "kept")}
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        env=clean_environment() | paths,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_function_is_compiled_once_for_all_processes(tmp_path: Path) -> None:
    (tmp_path / "summed.py").write_text(SUMMED)
    started = [_start(tmp_path, RUN_ALL, "float64") for _ in range(3)]
    said = sorted(process.communicate(timeout=120)[0] for process in started)
    assert said == ["6.0 none compiled anew\n"] * 2 + ["6.0 some compiled anew\n"]


def test_no_folder_for_machine_code_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(dispatcher: Any) -> None:
        raise RuntimeError("cannot cache function: no locator available")

    monkeypatch.setattr(compilation.InTurnDispatcher, "enable_caching", refuse)

    @compilation.compiled
    def doubled(value: float) -> float:
        return 2.0 * value

    assert doubled(2.0) == 4.0


def test_another_domain_is_compiled_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def folder() -> Path:
        compilation._cache_folder.cache_clear()
        return compilation._cache_folder()

    usual = folder()
    monkeypatch.setattr(compilation, "DOMAIN", tmp_path)
    (tmp_path / "target.py").write_text("TARGET_CAP = 5.0\n")
    capped_lower = folder()
    (tmp_path / "target.py").write_text("TARGET_CAP = 6.0\n")
    assert len({usual, capped_lower, folder()}) == 3
    monkeypatch.undo()
    assert folder() == usual
