"""State files that are folders, empty, torn or garbage: said or passed over, and nothing else stops."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import BaseModel

from backend.monitor.series import KeptSeries
from backend.supervisor.states import supervised
from storage.database.files import DatabaseFiles, OpenedFiles
from storage.errors import ModelIntegrityError
from storage.log_writer.status import read_status
from storage.models.store import ModelStore
from storage.retraining.files import CANCELLATION, HEART_BEAT, TriggerFiles
from storage.schema.records import utc_now
from storage.settings import Settings


class Point(BaseModel):
    value: int


def _folder(path: Path) -> None:
    path.mkdir()


def _empty(path: Path) -> None:
    path.touch()


def _torn(path: Path) -> None:
    path.write_text('{"version": "2026')


def _garbage(path: Path) -> None:
    path.write_bytes(b"\xff\0\xfe" * 300)


@pytest.mark.parametrize("damage", [_folder, _empty, _torn, _garbage])
def test_no_damage_stops_its_reader(damage: Callable[[Path], None], settings: Settings) -> None:
    paths = settings.paths
    paths.triggers.mkdir(parents=True)
    for path in (
        paths.champion_pointer,
        paths.log_writer_status,
        paths.process_states,
        paths.database.with_name(paths.database.name + "-opened"),
        series := settings.runtime_directory / "series.jsonl",
        paths.triggers / f"one{HEART_BEAT}",
        paths.triggers / f"one{CANCELLATION}",
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        damage(path)
    with pytest.raises(ModelIntegrityError, match="promote a version again"):
        ModelStore(paths).champion_pointer()
    assert read_status(paths.log_writer_status) is None
    assert supervised(paths.process_states, utc_now(), with_lines=True) is None
    assert OpenedFiles(paths.database)._noted() == DatabaseFiles(None)
    triggers = TriggerFiles(paths.triggers)
    assert triggers.last_beat("one") is None
    assert triggers.cancellation("one") is None
    kept = KeptSeries(series, Point, 3)
    kept.append(Point(value=1))
    assert kept.points == [Point(value=1)]
