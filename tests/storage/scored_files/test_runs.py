"""Scored files are kept with their results, within bounds, and damage to one hides no other."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from storage.scored_files import runs as room
from storage.scored_files.runs import ScoredRun, ScoredRuns, new_run_id

START = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def runs(tmp_path: Path) -> ScoredRuns:
    return ScoredRuns(tmp_path / "scored_files")


def run(hours: int = 0, **changes: object) -> ScoredRun:
    made = ScoredRun(
        new_run_id(), "may.csv", 99, START + timedelta(hours=hours), "Ada", 3, 2, 1, ("v1",)
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def test_a_run_comes_back_with_its_result(runs: ScoredRuns) -> None:
    assert runs.newest() == []
    first, second = run(), run(1, stopped="The service does not answer.")
    for each in (second, first):
        runs.keep(each, f"row\n{each.run_id}\n", "row,column\n")
    found = runs.newest()
    assert [replace(each, result_bytes=0) for each in found] == [second, first]
    assert all(each.result_bytes > 0 for each in found)
    assert runs.result(first.run_id) == f"row\n{first.run_id}\n"
    assert runs.problems(first.run_id) == "row,column\n"


def test_a_run_that_goes_on_replaces_itself(runs: ScoredRuns) -> None:
    begun = run(stopped="Stopped by a person.")
    runs.keep(begun, "row\n2\n", "")
    runs.keep(replace(begun, scored=3, stopped=None), "row\n2\n3\n", "")
    (found,) = runs.newest()
    assert (found.scored, found.stopped) == (3, None)
    assert runs.result(begun.run_id) == "row\n2\n3\n"


def test_only_the_newest_are_kept(runs: ScoredRuns, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST_RUNS", 3)
    made = [run(hours) for hours in range(5)]
    for each in made:
        runs.keep(each, "row\n", "")
    assert [each.run_id for each in runs.newest()] == [each.run_id for each in made[:1:-1]]


def test_the_oldest_results_go_first_and_their_runs_stay(
    runs: ScoredRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [run(hours) for hours in range(3)]
    runs.keep(made[0], "row\n" * 9, "")
    (one,) = runs.newest()
    monkeypatch.setattr(room, "MOST_RESULT_BYTES", 2 * one.result_bytes)
    for each in made[1:]:
        runs.keep(each, "row\n" * 9, "")
    assert [each.result_bytes > 0 for each in runs.newest()] == [True, True, False]
    with pytest.raises(OSError, match="No such file"):
        runs.result(made[0].run_id)
    monkeypatch.setattr(room, "MOST_RESULT_BYTES", 0)
    newest = run(9)
    runs.keep(newest, "row\n", "")
    assert runs.result(newest.run_id) == "row\n"  # never the one that was just scored


def test_what_cannot_be_read_hides_no_other(runs: ScoredRuns, tmp_path: Path) -> None:
    good, torn = run(), run(1)
    for each in (good, torn):
        runs.keep(each, "row\n", "")
    (tmp_path / "scored_files" / torn.run_id / room.RUN).write_text("{", encoding="utf-8")
    (tmp_path / "scored_files" / "notes.txt").write_text("x", encoding="utf-8")
    (tmp_path / "scored_files" / ("a" * 32)).mkdir()
    assert [each.run_id for each in runs.newest()] == [good.run_id]


@pytest.mark.parametrize("run_id", ["../keys.env", "", "a/b"])
def test_an_id_is_no_path(runs: ScoredRuns, run_id: str) -> None:
    with pytest.raises(FileNotFoundError):
        runs.result(run_id)
