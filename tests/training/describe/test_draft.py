"""Whatever the table, its draft is a valid definition, and its rows are those that training takes."""

import tomllib
from pathlib import Path

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.domain.definition_file import FILE, read_definition
from storage.domain.segments import Categories, Quarters
from storage.errors import InvalidInput
from tests.system import said_by
from tests.training.describe.tables import cars, drafted_from, looked_at
from training.describe.draft import ROWS_FILE
from training.describe.folder import refuse_folder, write_folder
from training.describe.options import Options
from training.describe.round_numbers import one_digit, outward, ranges_of, round_step, with_room

PROGRAM = """
from storage.domain.inputs import FEATURE_NAMES
from training.dataset.sources import load_defined
table = load_defined()
print(len(table), ",".join(FEATURE_NAMES), float(table.targets.sum()))
"""
SIZES = st.floats(-1e12, 1e12).filter(lambda value: value == 0 or abs(value) > 1e-12)
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=20)


def _loaded(folder: Path) -> str:
    """Return what training makes of a table, in a process of its own: a table is read at import."""
    return said_by("-c", PROGRAM, HOUSING_TABLE=str(folder)).strip()


def test_a_draft_says_what_a_person_would(tmp_path: Path) -> None:
    cars().rename(columns={"mileage": "mileage (km)"}).to_csv(tmp_path / "cars.csv", index=False)
    options = Options(tmp_path / "cars.csv", "price", subject=("car", "cars"), unit="$")
    table = drafted_from(options, tmp_path / "cars")
    assert (table.name, table.title) == ("cars", "Cars")
    assert table.about == "predicts the price of a car"
    assert (table.data.file, table.data.time, table.data.identifier) == (ROWS_FILE, "sold", "vin")
    assert table.names == ("brand", "fuel", "year", "mileage_km", "power", "zip_code")
    brand, fuel, year, mileage, power, _ = table.inputs
    assert (brand.categories, brand.missing) == (["Audi", "Opel", "Škoda"], False)
    assert (fuel.categories, fuel.missing) == (["diesel", "petrol"], True)
    assert (year.kind, year.typical.lowest, year.typical.highest, year.step) == (
        "integer",
        1998,
        2023,
        1,
    )
    assert (mileage.label, mileage.unit, mileage.accepted.lowest) == ("Mileage", "km", 0)
    assert power.kind == "number"
    assert (table.target.unit, table.target.display.prefix) == ("USD", "$")
    assert table.target.typical is not None
    assert table.target.accepted.holds(table.target.typical.highest)
    assert (table.target.resolution, table.target.display.step) == (300, 100)
    assert (table.target.display.chart.factor, table.target.display.chart.unit) == (
        0.001,
        "1,000 USD",
    )
    assert [type(one) for one in table.segments] == [Quarters, Quarters, Categories]
    assert {one.input for one in table.segments[:2]} == {"year", "mileage_km"}  # type: ignore[union-attr]
    text = (tmp_path / "cars" / FILE).read_text(encoding="utf-8")
    assert "# In the file: 'mileage (km)'. In rows.parquet it has this name:" in text
    assert "#   country: the same in every row" in text
    promise = text[text.index("# [promises]") :].split("\n\n")[0].replace("# ", "")
    assert tomllib.loads(promise)["promises"]["rising"] in table.names


def test_the_rows_keep_their_values_and_types(tmp_path: Path) -> None:
    frame = cars()
    frame.to_csv(tmp_path / "cars.csv", index=False)
    drafted_from(Options(tmp_path / "cars.csv", "price"), tmp_path / "cars")
    rows = pq.read_table(tmp_path / "cars" / ROWS_FILE)
    assert {name: str(rows.schema.field(name).type) for name in rows.column_names} == {
        "brand": "string",
        "fuel": "string",
        "year": "int64",
        "mileage": "int64",
        "power": "double",
        "zip_code": "string",
        "price": "int64",
        "sold": "timestamp[us]",
        "vin": "string",
    }
    assert rows["brand"].to_pylist() == frame["brand"].tolist()
    assert rows["fuel"].to_pylist() == [word or None for word in frame["fuel"]]
    assert rows["power"].to_pylist() == frame["power"].tolist()
    assert [f"{when:%Y-%m-%d}" for when in rows["sold"].to_pylist()] == frame["sold"].tolist()


def test_presets_and_example_are_real_rows(tmp_path: Path) -> None:
    frame = cars()[["year", "mileage", "power", "price"]]
    frame.to_csv(tmp_path / "cars.csv", index=False)
    table = drafted_from(Options(tmp_path / "cars.csv", "price"), tmp_path / "cars")
    rows = {tuple(row) for row in frame.to_numpy().tolist()}
    assert [one.name for one in table.presets] == ["Low price", "Middle price", "High price"]
    for one in table.presets:
        assert (*map(float, one.inputs), one.recorded) in rows
        line = int(one.kind.split()[1])
        assert frame["price"][line - 2] == one.recorded
    assert tuple(float(one.example) for one in table.inputs) in {row[:3] for row in rows}
    assert _loaded(tmp_path / "cars") == f"400 year,mileage,power {float(frame['price'].sum())}"


def test_words_and_gaps_are_what_training_takes(tmp_path: Path) -> None:
    frame = cars()
    frame.to_csv(tmp_path / "cars.csv", index=False)
    table = drafted_from(Options(tmp_path / "cars.csv", "price"), tmp_path / "cars")
    assert all(isinstance(one.inputs[0], str) for one in table.presets)
    assert len(table.presets) == 3
    total = float(frame["price"].sum())
    assert _loaded(tmp_path / "cars") == f"400 brand,fuel,year,mileage,power,zip_code {total}"


@pytest.mark.parametrize("seed", range(4))
def test_the_rows_of_any_table_are_what_training_takes(tmp_path: Path, seed: int) -> None:
    random, rows = np.random.default_rng(seed), 300
    frame = pd.DataFrame(
        {
            f"{kind} {number}": _drawn(random, kind, first, second, rows)
            for number in range(3)
            for kind, first, second in (
                ("number", 10.0 ** random.integers(-9, 9), 10.0 ** random.integers(-9, 9)),
                ("integer", int(random.integers(-1000, 1000)), int(random.integers(2, 10**6))),
                ("words", ["a b", 'say "no"', "é", "-1"], None),
                ("gaps", 0.0, 10.0 ** random.integers(-9, 9)),
            )
        }
    )
    frame["what, then?"] = -(10.0**seed) + 10.0 ** (2 * seed - 3) * random.normal(size=rows)
    frame.to_csv(tmp_path / "any.csv", index=False, sep=";" if seed % 2 else ",")
    table = drafted_from(Options(tmp_path / "any.csv", "what, then?"), tmp_path / "any")
    assert table.target.name == "what_then"
    loaded, names, total = _loaded(tmp_path / "any").split()
    assert (int(loaded), names) == (rows, ",".join(table.names))
    assert len(table.names) == 12
    assert float(total) == pytest.approx(float(frame["what, then?"].sum()), rel=1e-12)


COLUMNS = st.one_of(
    st.tuples(st.just("number"), SIZES, SIZES),
    st.tuples(st.just("integer"), st.integers(-(10**9), 10**9), st.integers(1, 10**6)),
    st.tuples(st.just("words"), st.lists(NAMES, min_size=2, max_size=6, unique=True), st.none()),
    st.tuples(st.just("gaps"), SIZES, SIZES),
)


@given(
    columns=st.dictionaries(NAMES, COLUMNS, min_size=1, max_size=6),
    target=st.tuples(SIZES, st.floats(1e-3, 1e9)),
    title=NAMES,
    seed=st.integers(0, 1000),
)
@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=25)
def test_the_draft_of_any_table_is_valid(
    tmp_path_factory: pytest.TempPathFactory,
    columns: dict[str, tuple[str, object, object]],
    target: tuple[float, float],
    title: str,
    seed: int,
) -> None:
    random = np.random.default_rng(seed)
    frame = pd.DataFrame({name: _drawn(random, *each) for name, each in columns.items()})
    name = next(iter({"target", "the target", "y"} - set(columns)))
    frame["always there"] = random.normal(size=len(frame))
    frame[name] = target[0] + target[1] * random.normal(size=len(frame))
    folder = tmp_path_factory.mktemp("any")
    frame.to_parquet(folder / "rows.parquet")
    options = Options(folder / "rows.parquet", name, title=title, kept=tuple(columns))
    table = drafted_from(options, folder / "table")
    rows = pq.read_table(folder / "table" / ROWS_FILE)
    for one in table.inputs:
        present = [value for value in rows[one.name].to_pylist() if value is not None]
        assert all(one.accepted.holds(one.number_of(value)) for value in present)
        assert one.missing == (len(present) < len(rows))
    assert all(table.target.accepted.holds(value) for value in rows[table.target.name].to_pylist())


def _drawn(
    random: np.random.Generator, kind: str, first: object, second: object, rows: int = 120
) -> object:
    if kind == "words":
        return random.choice(np.array(first, dtype=object), rows)
    if kind == "integer":
        return int(first) + random.integers(0, int(second), rows)  # type: ignore[call-overload]
    values = float(first) + float(second) * random.normal(size=rows)  # type: ignore[arg-type]
    return np.where(random.random(rows) < 0.2, np.nan, values) if kind == "gaps" else values


@given(first=SIZES, second=SIZES, is_integer=st.booleans())
def test_ranges_hold_their_values_and_are_round(
    first: float, second: float, is_integer: bool
) -> None:
    values = np.unique([first, second, (first + second) / 2])
    values = np.unique(np.round(values)) if is_integer else values
    if len(values) < 2:
        return
    found = ranges_of(values, is_integer=is_integer)
    assert found.accepted[0] <= found.typical[0] < found.typical[1] <= found.accepted[1]
    assert found.accepted[0] <= values[0]
    assert values[-1] <= found.accepted[1]
    assert found.step > 0
    if values[0] >= 0:
        assert found.accepted[0] >= 0
    if is_integer:
        assert all(
            float(each).is_integer() for each in (*found.accepted, *found.typical, found.step)
        )


@given(value=st.floats(1e-300, 1e300))
def test_round_numbers_are_near(value: float) -> None:
    assert 0.2 * value < round_step(value) <= value * (1 + 1e-12)
    assert one_digit(value) == pytest.approx(value, rel=0.5)


@given(first=st.floats(-1e308, 1e308), second=st.floats(-1e308, 1e308))
def test_the_largest_numbers_have_finite_ranges(first: float, second: float) -> None:
    low, high = sorted((first, second))
    for found in (with_room(low, high), outward(low, high)):
        assert np.isfinite(found).all()
        assert found[0] <= low
        assert high <= found[1]


def test_a_table_is_not_overwritten_unasked(tmp_path: Path) -> None:
    cars().to_csv(tmp_path / "cars.csv", index=False)
    facts = looked_at(Options(tmp_path / "cars.csv", "price"))
    folder = tmp_path / "cars"
    refuse_folder(folder, tmp_path / "cars.csv", replaces=False)
    write_folder(facts, folder)
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InvalidInput, match=r"has a table\.toml already: .* --replace"):
        refuse_folder(folder, tmp_path / "cars.csv", replaces=False)
    refuse_folder(folder, tmp_path / "cars.csv", replaces=True)
    write_folder(facts, folder)
    assert sorted(path.name for path in folder.iterdir()) == ["notes.txt", ROWS_FILE, FILE]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["cars", "cars.csv"]
    with pytest.raises(InvalidInput, match=r"rows\.parquet would be replaced by what is written"):
        refuse_folder(folder, folder / ROWS_FILE, replaces=True)
    with pytest.raises(InvalidInput, match=r"cars\.csv is not a folder"):
        refuse_folder(tmp_path / "cars.csv", folder, replaces=True)


def test_reserved_names_are_changed(tmp_path: Path) -> None:
    frame = cars()[["year", "mileage", "power", "price"]]
    frame.columns = pd.Index(["support", "Year", "year", "prediction"])
    frame.to_csv(tmp_path / "cars.csv", index=False)
    drafted_from(Options(tmp_path / "cars.csv", "prediction"), tmp_path / "cars")
    table = read_definition(tmp_path / "cars")
    assert (*table.names, table.target.name) == ("support_", "Year", "year_2", "prediction_")
