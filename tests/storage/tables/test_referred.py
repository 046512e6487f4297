"""A file whose columns have other names is read as a person says; its further columns come along."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest

from storage.domain.inputs import EXAMPLE, FEATURE_NAMES
from storage.errors import InvalidInput, MissingColumn
from storage.tables.block import Block, gathered
from storage.tables.guess import ENOUGH, guesses, likeness, proposal
from storage.tables.referred import InputTable
from storage.tables.result_names import kept_names

NAMES = {"MedInc": "income", "Latitude": "lat", "Longitude": "lng"}
OURS = [NAMES.get(name, name) for name in FEATURE_NAMES]
ROW = list(EXAMPLE.values())


def text(*further: str, cells: str = "", values: list[float] = ROW) -> bytes:
    lines = [",".join([*further, *OURS]), ",".join([*filter(None, [cells]), *map(str, values)])]
    return "\n".join(lines).encode()


def test_columns_are_read_under_the_names_that_a_person_says() -> None:
    table = InputTable(text(), NAMES)
    assert gathered(table.blocks()).numbers.tolist() == [ROW]
    assert (
        "Columns with other names: MedInc = income, Latitude = lat" in table.understood.sentence()
    )


def test_a_problem_names_the_column_of_the_file() -> None:
    (problem,) = gathered(InputTable(text(values=[-1, *ROW[1:]]), NAMES).blocks()).problems
    assert (problem.row, problem.column) == (2, "income")


def test_a_missing_column_says_what_is_there_for_a_guess() -> None:
    with pytest.raises(MissingColumn) as raised:
        InputTable(text("note", cells="x"))
    assert raised.value.missing == ("MedInc", "Latitude", "Longitude")
    assert raised.value.found == ("note", *OURS)
    assert guesses(raised.value.missing, raised.value.found) == NAMES
    assert proposal({}, ["MedInc"], ["the income"]) == (
        "If that is meant: --column 'MedInc=the income'"
    )
    assert not proposal({}, ["MedInc"], ["note"])


@pytest.mark.parametrize(
    ("name", "column", "alike"),
    [
        ("MedInc", "med_inc", 1.0),
        ("MedInc", "Median income ($10k)", 0.9),
        ("Longitude", "lng", 0.7),
        ("Population", "pop", 0.8),
    ],
)
def test_a_guess_goes_by_name_and_label(name: str, column: str, alike: float) -> None:
    assert likeness(name, column) == alike
    assert likeness(name, "note") < ENOUGH


def test_an_own_id_may_have_any_name_or_none() -> None:
    content = text("parcel", "reference", cells="p1,r1")
    for chosen, expected in ((None, ["r1"]), ("parcel", ["p1"]), ("", None)):
        named = NAMES if chosen is None else NAMES | {"reference": chosen}
        table = InputTable(content, named)
        assert table.references(gathered(table.blocks())) == expected


@pytest.mark.parametrize(
    ("named", "sentence"),
    [
        ({"Medinc": "income"}, "There is no input Medinc. The inputs are MedInc, HouseAge"),
        ({"MedInc": "HouseAge"}, "HouseAge is taken for MedInc and for HouseAge"),
        ({"reference": "HouseAge"}, "HouseAge is taken for HouseAge and for reference"),
        ({"MedInc": "wages"}, "has no column wages, Latitude, Longitude"),
        (NAMES | {"reference": "parcel"}, "has no column parcel"),
    ],
)
def test_a_wrong_choice_is_one_sentence(named: dict[str, str], sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        InputTable(text(), named)


def test_further_columns_come_along_as_they_are() -> None:
    content = text("plot", "", "note", "note", cells="007,, a ,=1+1")
    table = InputTable(content, NAMES, keeps=True)
    kept = _kept(gathered(table.blocks()))
    assert kept == [("plot", ["007"]), ("note", ["a "]), ("note", ["=1+1"])]
    assert table.understood.kept == ("plot", "note", "note")
    assert InputTable(content, NAMES).understood.ignored == ("plot", "note", "note")


def test_they_come_along_with_the_usable_rows_only() -> None:
    good = ",".join(map(str, ROW))
    long = "x" * 129
    lines = [",".join(["reference", "note", *FEATURE_NAMES])]
    lines += [f"1,one,{good}", f"2,two,{good.replace('8.3252', 'much')}", f"{long},three,{good}"]
    lines += [f"4,four,{good}"]
    table = InputTable("\n".join(lines).encode(), keeps=True)
    found = gathered(table.blocks())
    assert found.rows.tolist() == [2, 5]
    assert table.references(found) == ["1", "4"]
    assert _kept(found) == [("note", ["one", "four"])]


def test_columns_of_parquet_keep_their_types(tmp_path: Path) -> None:
    columns = {name: [value] * 2 for name, value in EXAMPLE.items()}
    further: dict[str, Any] = {
        "year": pa.array([1999, 2000], pa.int16()),
        "is_new": pa.array([True, None]),
        "tags": pa.array([["a"], ["b"]]),
        "__index_level_0__": pa.array([5, 6]),
    }
    pyarrow.parquet.write_table(pa.table(columns | further), tmp_path / "t.parquet")
    table = InputTable(tmp_path / "t.parquet", keeps=True)
    kept = gathered(table.blocks()).kept
    assert kept is not None
    assert [(field.name, field.type) for field in kept.schema] == [
        ("year", pa.int16()),
        ("is_new", pa.bool_()),
    ]
    assert table.understood.ignored == ("tags", "__index_level_0__")


def test_names_of_the_result_are_told_apart() -> None:
    assert kept_names(["row", "row", "given_row"], ["row"]) == [
        "given_row",
        "given_row_2",
        "given_row_3",
    ]


def _kept(found: Block) -> list[tuple[str, list[Any]]]:
    assert found.kept is not None
    return [
        (name, column.to_pylist())
        for name, column in zip(found.kept.schema.names, found.kept.columns, strict=True)
    ]
