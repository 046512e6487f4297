"""The definition of the table: what table.toml says is what everyone sees, or one sentence says why not."""

import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

from storage.domain.definition_file import EMBEDDED, FILE, definition_or_exit, read_definition
from storage.domain.inputs import EXAMPLE, FEATURE_NAMES, FEATURES, HousingFeatures
from storage.domain.presets import PRESETS
from storage.errors import InvalidDefinition
from training.dataset.embedded import load_embedded

TEXT = re.sub("outline = .*\n", "", (EMBEDDED / FILE).read_text(encoding="utf-8"))
"""Without the file of the map, which would have to lie beside each copy."""
OPTIONAL = {
    *("cap", "capped_from", "highest_prediction", "note", "factor", "prefix", "suffix", "unit"),
    *("display", "outline", "coast_angle_degrees", "neighbour_boosting"),
    *("drifting", "stuck", "factors", "whole", "built_in"),
}
LINES = [
    number
    for number, line in enumerate(TEXT.splitlines())
    if (key := re.match(r"([a-z_]+) = |\[", line)) and key[1] not in OPTIONAL
]
"""The lines with a heading or a key that must be there."""


def test_the_rows_fit_their_definition() -> None:
    table = load_embedded()
    definition = read_definition(EMBEDDED)
    for one, column in zip(definition.inputs, table.inputs.T, strict=True):
        lowest, highest = np.quantile(column, [0.001, 0.999])
        assert one.accepted.lowest <= column.min()
        assert column.max() <= one.accepted.highest
        assert one.typical.holds((lowest + highest) / 2)
    assert table.targets.max() == definition.target.cap
    known = {tuple(row) for row in table.values.tolist()}
    assert all((*one.inputs, one.recorded_value) in known for one in PRESETS)


def test_the_inputs_are_those_of_the_file_in_its_order() -> None:
    said = tomllib.loads(TEXT)["inputs"]
    assert (
        [one["name"] for one in said] == list(FEATURE_NAMES) == list(HousingFeatures.model_fields)
    )
    assert [one["accepted"] for one in said] == [[one.minimum, one.maximum] for one in FEATURES]
    assert HousingFeatures(**EXAMPLE).vector() == [one["example"] for one in said]
    properties = HousingFeatures.model_json_schema()["properties"]
    assert [one["unit"] for one in said] == [each["unit"] for each in properties.values()]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        (
            "step = 0.1\n",
            "stepp = 0.1\n",
            "inputs MedInc, step is missing; inputs MedInc, stepp is not known",
        ),
        (
            "accepted = [0, 100]",
            "accepted = [100, 0]",
            "inputs MedInc, accepted: 100 is not below 0",
        ),
        (
            "accepted = [0, 100]",
            'accepted = "all"',
            "accepted: it must be a pair: [lowest, highest]",
        ),
        ("typical = [0.5, 15.0]", "typical = [0.5, 150]", "its typical value 150 is not accepted"),
        ("example = 41.0", "example = 410.0", "inputs HouseAge: its example value 410.0 is not"),
        ('rising = "MedInc"', 'rising = "Income"', "promises.rising is Income, which is no input"),
        ('name = "HouseAge"', 'name = "House age"', "'House age' is no name: a letter, then"),
        ('name = "HouseAge"', 'name = "MedInc"', "two columns are called MedInc (upper"),
        ('name = "HouseAge"', 'name = "MedHouseVal"', "two columns are called MedHouseVal"),
        ("step = 0.1\n", 'step = "0.1"\n', "inputs MedInc, step: it must be a number, not '0.1'"),
        ("step = 0.1\n", "step = true\n", "inputs MedInc, step: it must be a number, not True"),
        ("step = 0.1\n", "step = nan\n", "inputs MedInc, step: it must be a number, not nan"),
        (
            "step = 0.1\n",
            "step = 0\n",
            "inputs MedInc, step: input should be greater than 0, not 0",
        ),
        ("[place]", "[palce]", "palce is not known (is it mistyped?)"),
        ('name = "HouseAge"', 'name = "medinc"', "two columns are called MedInc (upper"),
        ('name = "HouseAge"', 'name = "Prediction"', "Prediction is a name that records and files"),
        ("capped_from = 5.0", "capped_from = 500", "target: its capped_from 500 is not accepted"),
        ("cap = 5.00001", "", "target: capped_from needs a cap"),
        ('kind = "age"', 'kind = "income"', "two kinds of segments are called income"),
        (
            'by = "bands"',
            'by = "band"',
            "segments age, by: it must be one of 'quarters', 'b",
        ),
        (":neighbour_boosting", "", "candidates, own, neighbour_boosting: "),
        ('file = "california', 'file = "../california', "data, file: "),
        ("inputs = [2.5701, ", "inputs = [", "preset San Francisco has 7 values for 8 inputs"),
        (
            "inputs = [2.5701, ",
            "inputs = [-1, ",
            "San Francisco has MedInc -1, which is not accepted",
        ),
        ('input = "HouseAge"', 'input = "Age"', "segments age, input is Age, which is no input"),
        ("[[34.2, -118.95], [36.9, ", "[[36.9, -118.95], [34.2, ", "the southern one first"),
        ("bands = [[0, 10], ", "bands = [[10, 0], ", "segments age, bands 1: 10 is not below 0"),
        ("[target]", "[target", "is not valid TOML"),
        (
            "[target]",
            'time = "MedHouseVal"\n[target]',
            "data.time is MedHouseVal, which is what is predicted",
        ),
        (
            "[target]",
            'identifier = "MedInc"\n[target]',
            "data.identifier is MedInc, which has another part already",
        ),
        (
            "[target]",
            'time = "seen"\nidentifier = "seen"\n[target]',
            "data.identifier is seen, which has another part already",
        ),
        ("[target]", 'time = "when seen"\n[target]', "data, time: 'when seen' is no name"),
        (
            "[[segments]]",
            '[[segments]]\nby = "categories"\nkind = "rooms"\nlabel = "Rooms"\n'
            'input = "AveRooms"\n[[segments]]',
            "segments rooms are categories, but AveRooms is a number",
        ),
    ],
)
def test_what_is_wrong_is_one_sentence_with_file_and_key(
    tmp_path: Path, old: str, new: str, sentence: str
) -> None:
    assert old in TEXT
    said = _refusal(tmp_path, TEXT.replace(old, new, 1).encode())
    assert sentence in said


def test_time_and_identifier_are_columns_beside_the_inputs(tmp_path: Path) -> None:
    more = 'time = "recorded_at"\nidentifier = "id"\n[target]'
    (tmp_path / FILE).write_text(TEXT.replace("[target]", more, 1), encoding="utf-8")
    data = read_definition(tmp_path).data
    assert (data.time, data.identifier) == ("recorded_at", "id")


def _with_fuel(words: int, by: str) -> str:
    listed = ", ".join(f'"{number}"' for number in range(words))
    names = 'names = ["a", "b", "c", "d"]' if by == "quarters" else ""
    return f"""
[[inputs]]
name = "Fuel"
label = "Fuel"
description = "What it burns."
kind = "category"
categories = [{listed}]
example = "0"

[[segments]]
by = "{by}"
kind = "fuel"
label = "Fuel"
input = "Fuel"
{names}

[place]"""


@pytest.mark.parametrize(
    ("words", "by", "sentence"),
    [
        (3, "quarters", "segments fuel are by numbers, but Fuel is a category"),
        (51, "categories", "segments fuel would be 51, more than 50"),
    ],
)
def test_segments_fit_the_kind_of_their_input(
    tmp_path: Path, words: int, by: str, sentence: str
) -> None:
    text = TEXT[: TEXT.index("[[presets]]")].replace("[place]", _with_fuel(words, by), 1)
    assert sentence in _refusal(tmp_path, text.encode())


def test_the_words_of_a_category_can_be_segments(tmp_path: Path) -> None:
    text = TEXT[: TEXT.index("[[presets]]")].replace("[place]", _with_fuel(3, "categories"), 1)
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    assert "fuel" in [one.kind for one in read_definition(tmp_path).segments]


def test_a_file_that_cannot_be_read_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(InvalidDefinition, match=r"table\.toml cannot be read: No such file"):
        read_definition(tmp_path)
    assert "is not in UTF-8" in _refusal(tmp_path, TEXT.encode("utf-16"))


def test_a_process_ends_in_that_sentence(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"table\.toml cannot be read: No such file"):
        definition_or_exit(tmp_path)


def test_no_key_can_be_left_out_without_a_word(tmp_path: Path) -> None:
    lines = TEXT.splitlines()
    for left_out in LINES:
        _refusal(tmp_path, "\n".join(lines[:left_out] + lines[left_out + 1 :]).encode())


def _refusal(folder: Path, content: bytes) -> str:
    (folder / FILE).write_bytes(content)
    with pytest.raises(InvalidDefinition) as refused:
        read_definition(folder)
    sentence = str(refused.value)
    assert sentence.startswith(str(folder / FILE))
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "outline.json cannot be read"),
        ("{", "is no outline: it must be JSON"),
        ('{"rings": []}', "is no outline"),
        ('{"rings": [[[0, 0], [1, 0], [1, 1], [0, 1]]]}', "the last point of each ring its first"),
        ('{"rings": [[[0, 0], [1, "x"], [1, 1], [0, 0]]]}', "is no outline"),
    ],
)
def test_a_wrong_outline_of_the_map_is_refused(
    tmp_path: Path, content: str | None, sentence: str
) -> None:
    named = TEXT.replace("[place]\n", '[place]\noutline = "outline.json"\n', 1)
    (tmp_path / FILE).write_text(named, encoding="utf-8")
    if content is not None:
        (tmp_path / "outline.json").write_text(content, encoding="utf-8")
    with pytest.raises(InvalidDefinition) as refused:
        read_definition(tmp_path)
    assert sentence in str(refused.value)


def test_the_scale_of_answers_must_be_of_accepted_ones(tmp_path: Path) -> None:
    assert "its typical value 200 is not accepted" in _refusal(
        tmp_path, TEXT.replace("[target]\n", "[target]\ntypical = [0, 200]\n", 1).encode()
    )
