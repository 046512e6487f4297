"""The form of tables of 1 to 200 inputs."""

import json
from pathlib import Path

import pytest

from storage.domain.definition_file import FILE
from tests.system import said_by

HEAD = """\
name = "signals"
title = "Signals"
about = "predicts the strength of a signal"
subject = {{ singular = "antenna", plural = "antennas" }}
[data]
file = "signals.csv"
[target]
name = "strength"
unit = "dBm"
accepted = [-150, 30]
resolution = 1
[target.display]
label = "Strength"
suffix = " dBm"
step = 1
chart = {{ factor = 1, unit = "dBm" }}
"""
INPUT = """
[[inputs]]
name = "x{number}"
label = "Channel {number}"
description = "Level of channel {number}."
accepted = [0, 1]
typical = [0, 1]
step = 0.1
example = 0.5
"""


@pytest.mark.parametrize("width", [1, 13, 200])
def test_every_input_has_a_field(tmp_path: Path, width: int) -> None:
    inputs = [INPUT.format(number=number) for number in range(width)]
    (tmp_path / FILE).write_text("".join([HEAD.format(), *inputs]), encoding="utf-8")
    out = tmp_path / "form.json"
    # Not the folder of a system that was started here: that belongs to another table.
    own = {"HOUSING_TABLE": str(tmp_path), "HOUSING_RUNTIME_DIRECTORY": str(tmp_path / "runtime")}
    said_by("-m", "tests.tables.form_walk", out, **own)
    found = json.loads(out.read_text(encoding="utf-8"))
    assert found["exceptions"] == []
    assert found["labels"] == [f"Channel {number}" for number in range(width)]
    assert found["buttons"] == ["Predict strength"]
