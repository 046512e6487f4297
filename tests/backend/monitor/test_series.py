"""A series in a file: what was added is there after a restart, whatever happened to the file."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.monitor.probe import Check
from backend.monitor.series import KeptSeries
from storage.schema.records import utc_now


def check(rows: int) -> Check:
    return Check(at=utc_now(), rows=rows)


def rows(series: KeptSeries[Check]) -> list[int | None]:
    return [point.rows for point in series.points]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(restarts=st.lists(st.integers(0, 12), min_size=1, max_size=4), most=st.integers(1, 6))
def test_the_newest_points_are_there_after_any_restarts(
    tmp_path_factory: pytest.TempPathFactory, restarts: list[int], most: int
) -> None:
    path = tmp_path_factory.mktemp("series") / "points.jsonl"
    added: list[int] = []
    for number in restarts:
        series = KeptSeries(path, Check, most)
        assert rows(series) == added[-most:]
        for _ in range(number):
            added.append(len(added))
            series.append(check(added[-1]))
        assert rows(series) == added[-most:]
    lines = path.read_bytes().splitlines() if path.exists() else []
    assert len(lines) <= 2 * most


@pytest.mark.parametrize("damage", [b'{"at": "2026-', b"\xff\xfe\n", b"null\n", b"\n"])
def test_a_damaged_line_costs_itself_only(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "points.jsonl"
    KeptSeries(path, Check, 10).append(check(1))
    with path.open("ab") as stream:
        stream.write(damage)
    series = KeptSeries(path, Check, 10)
    assert rows(series) == [1]
    series.append(check(2))
    assert rows(KeptSeries(path, Check, 10)) == [1, 2]


def test_a_folder_that_cannot_be_written_does_not_stop_the_series(tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("a file where the folder should be")
    with pytest.raises(NotADirectoryError):
        (tmp_path / "reports" / "points.jsonl").read_bytes()
    series = KeptSeries(tmp_path / "elsewhere" / "points.jsonl", Check, 10)
    (tmp_path / "elsewhere").write_text("a file where the folder should be")
    series.append(check(1))
    assert rows(series) == [1]
