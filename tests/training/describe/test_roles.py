"""What each column is taken for, and what is said of those that are no input."""

from pathlib import Path

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pytest

from storage.errors import InvalidInput
from tests.training.describe.tables import ROWS, cars, looked_at
from training.describe.options import Options
from training.describe.report import report
from training.describe.roles import Roles


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cars.csv"


def _roles(file: Path, frame: pd.DataFrame, **options: object) -> Roles:
    frame.to_csv(file, index=False)
    return looked_at(Options(file, "price", **options)).roles  # type: ignore[arg-type]


def _kinds(roles: Roles) -> dict[str, str]:
    return {one.name: one.kind for one in roles.inputs}


def test_each_column_has_its_part(file: Path) -> None:
    roles = _roles(file, cars())
    assert _kinds(roles) == {
        "brand": "words",
        "fuel": "words",
        "year": "integer",
        "mileage": "integer",
        "power": "number",
        "zip_code": "words",
    }
    assert roles.time is not None
    assert roles.identifier is not None
    assert (roles.time.name, roles.identifier.name) == ("sold", "vin")
    assert roles.dropped == {
        "country": "the same in every row",
        "brand_again": "says the same as brand in every row",
        "net": "a copy of price in other words: alone it tells 100.00% of it (to keep it: --keep net)",
    }


def test_a_person_knows_better(file: Path) -> None:
    roles = _roles(
        file,
        cars(),
        categories=("year",),
        ignored=("country", "power"),
        kept=("net",),
        time="mileage",
        identifier="brand",
    )
    assert _kinds(roles) == {
        "fuel": "words",
        "year": "words",
        "zip_code": "words",
        "net": "number",
    } | {"brand_again": "words"}
    assert roles.time is not None
    assert roles.identifier is not None
    assert (roles.time.name, roles.identifier.name) == ("mileage", "brand")
    assert roles.dropped["power"] == "left out by --ignore"
    assert roles.dropped["vin"].startswith("different in every row")
    assert roles.dropped["sold"].startswith("a date or time")


@pytest.mark.parametrize(
    ("values", "kind", "told"),
    [
        (np.arange(ROWS) % 300, "integer", ""),
        (np.arange(ROWS) + 1700, "integer", ""),
        ([f"{number} km" for number in range(ROWS)], None, "numbers with a unit, such as '0 km'"),
        (
            [f"${number},000" for number in range(ROWS)],
            None,
            "numbers with a unit, such as '$0,000",
        ),
        (np.arange(ROWS)[::-1] ** 2, "integer", ""),
        (
            [f"word {number}" for number in range(ROWS - 1)] + ["word 0"],
            None,
            "nearly unique words",
        ),
        (
            [f"word {number % 150}" for number in range(ROWS)],
            None,
            "150 different words in 400 rows",
        ),
        (["x" * 201, "y"] * (ROWS // 2), None, "text: only numbers"),
        ([np.nan] * ROWS, None, "empty in every row"),
        ([1.0] + [np.nan] * (ROWS - 1), None, "the same in every row that has a value"),
        ([1.0, 2.0] + [np.nan] * (ROWS - 2), None, "empty in 99.5% of the rows"),
        ([True, False] * (ROWS // 2), "words", ""),
        (np.linspace(0, 1, ROWS)[::-1] ** 2, "number", ""),
    ],
    ids=[
        "numbers",
        "years",
        "kilometres",
        "dollars",
        "count",
        "unique",
        "many",
        "text",
        "empty",
        "constant",
        "gaps",
        "flags",
        "measured",
    ],
)
def test_a_further_column(file: Path, values: object, kind: str | None, told: str) -> None:
    roles = _roles(file, cars().assign(more_of_the_year=values))
    assert _kinds(roles).get("more_of_the_year") == kind
    assert roles.dropped.get("more_of_the_year", "").startswith(told)


@pytest.mark.parametrize(
    "leak",
    [
        lambda price: price * 2 + 7,
        lambda price: np.log(price - price.min() + 1),
        lambda price: -(price**3),
        lambda price: price.rank(),
    ],
    ids=["line", "logarithm", "falling", "rank"],
)
def test_whatever_tells_the_target_is_noticed(file: Path, leak: object) -> None:
    frame = cars(2_000).drop(columns=["net"])
    roles = _roles(file, frame.assign(more=leak(frame["price"])))  # type: ignore[operator]
    assert "more" in roles.dropped or any("more alone tells" in said for said in roles.warnings)


def test_an_honest_input_is_no_leak(file: Path) -> None:
    roles = _roles(file, cars())
    assert not any("alone tells" in said for said in roles.warnings)


def test_a_copy_stays_where_it_is_the_only_input(file: Path) -> None:
    roles = _roles(file, cars()[["price", "net"]])
    assert [one.name for one in roles.inputs] == ["net"]
    assert "net alone tells 100.00% of price" in roles.warnings[0]


def test_rows_that_repeat_are_counted(file: Path) -> None:
    frame = cars().drop(columns=["vin", "sold", "net"])
    again = pd.concat([frame, frame.head(10), frame.head(3).assign(price=1.0)])
    again.to_csv(file, index=False)
    told = report(looked_at(Options(file, "price")), Path("cars"), "make up")
    assert (
        "13 rows have the inputs of an earlier row; they stay, 3 of them with another price" in told
    )


@pytest.mark.parametrize(
    ("changed", "options", "sentence"),
    [
        ({"price": 5}, {}, "column price, is 5 in all 400 usable rows: there is nothing to learn"),
        ({"price": "much"}, {}, "column price, holds words such as 'much': only numbers can be"),
        ({"price": np.nan}, {}, "column price, is empty in all 400 rows"),
        ({"price": [f"${number},5{number}0" for number in range(ROWS)]}, {}, "write plain numbers"),
        (
            {},
            {"ignored": tuple(cars().columns.drop("price"))},
            "has no column to predict price from",
        ),
        ({}, {"categories": ("color",)}, "has no column color"),
        ({"color": [f"c{n}" for n in range(ROWS)]}, {"kept": ("colour",)}, "has no column colour"),
        ({"color": "x" * 201}, {"categories": ("color",)}, ""),
    ],
    ids=[
        "constant",
        "words",
        "empty",
        "signs",
        "no input",
        "unknown",
        "mistyped",
        "constant words",
    ],
)
def test_refusals_are_one_sentence(
    file: Path, changed: dict[str, object], options: dict[str, object], sentence: str
) -> None:
    frame = cars().assign(**changed)
    if not sentence:
        assert _roles(file, frame, **options).dropped["color"] == "the same in every row"
        return
    with pytest.raises(InvalidInput) as refused:
        _roles(file, frame, **options)
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


def test_what_is_no_input_is_said_where_none_is_left(file: Path) -> None:
    with pytest.raises(
        InvalidInput, match=r"price from \(sold: the time of a row; country: the same"
    ):
        _roles(file, cars()[["sold", "country", "price"]])


def test_marks_of_a_missing_value_are_told_once(file: Path) -> None:
    frame = cars().drop(columns=["vin", "sold", "net"])
    frame["power"] = frame["power"].where(frame.index % 7 > 0).astype(object).fillna("NA")
    frame["mileage"] = frame["mileage"].where(frame.index % 5 > 0).astype(object).fillna("-")
    frame.to_csv(file, index=False)
    told = report(looked_at(Options(file, "price")), Path("cars"), "make up")
    assert "  may be empty: fuel, mileage, power\n" in told
    assert "  taken for empty: '-', 'NA' (in mileage, power)\n" in told


def test_a_number_that_may_mean_missing_is_asked_about(file: Path) -> None:
    frame = cars()
    frame.loc[::50, "power"] = -999
    frame.loc[::100, "mileage"] = 9_999_999
    warnings = _roles(file, frame).warnings
    assert any(said.startswith("power is -999 in 8 rows, far from all other") for said in warnings)
    assert any(said.startswith("mileage is 9999999 in 4 rows") for said in warnings)
    assert not any("far from" in said for said in _roles(file, cars()).warnings)


def test_row_numbers_of_which_some_come_twice_are_asked_about(file: Path) -> None:
    frame = cars().drop(columns="vin").assign(Lfd=range(5_001, 5_001 + ROWS))
    twice = pd.concat([frame, frame[:20]])
    warnings = _roles(file, twice).warnings
    assert any(said.startswith("Lfd counts the rows, some of them twice") for said in warnings)
    assert not any("counts the rows" in said for said in _roles(file, cars()).warnings)
    assert not any("counts" in said for said in _roles(file, twice, kept=("Lfd",)).warnings)


def test_numbers_that_may_be_times_are_asked_about_where_no_column_is(file: Path) -> None:
    warnings = _roles(file, cars().drop(columns="sold")).warnings
    assert any("if year is, name it by --time year" in said for said in warnings)
    assert not any("--time" in said for said in _roles(file, cars()).warnings)


def test_more_inputs_than_a_definition_has_are_refused(file: Path) -> None:
    random = np.random.default_rng(1)
    frame = pd.DataFrame(random.normal(size=(60, 201))).add_prefix("x").assign(price=range(60))
    with pytest.raises(InvalidInput, match="has 201 columns that could be inputs; at most 200"):
        _roles(file, frame)


def test_too_few_rows_are_refused_with_what_was_left_out(file: Path) -> None:
    frame = cars(60).astype({"power": object})
    frame.loc[:14, "price"] = np.nan
    with pytest.raises(
        InvalidInput,
        match=r"has 45 usable rows; at least 50 are needed. Left out: 15 rows without price, nothing to "
        r"learn \(first: row 2\)\.$",
    ):
        _roles(file, frame)
