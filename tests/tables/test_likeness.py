"""Without a place, with words and gaps: a reading that moved a little is recognized, a new row is not."""

import json
from pathlib import Path

import pytest

from tests.system import said_by
from tests.tables.frost import write_frost

pytestmark = [pytest.mark.xdist_group("tables"), pytest.mark.timeout(600)]


def test_readings_of_rows_without_a_place_are_recognized(tmp_path: Path) -> None:
    table, out = write_frost(tmp_path / "table"), tmp_path / "shares.json"
    said_by("-m", "tests.tables.likeness_walk", out, HOUSING_TABLE=str(table))
    shares = json.loads(out.read_text(encoding="utf-8"))
    assert shares["moved"] > 0.95
    assert shares["word"] > 0.7  # one input may differ by anything; a gap that stays a gap does not
    assert shares["gap"] < 0.3
    assert shares["new"] < 0.02
