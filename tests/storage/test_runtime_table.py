"""A runtime folder belongs to one table: another one is refused, and nothing is touched."""

from pathlib import Path

import pytest

from storage.domain.definition import TableDefinition
from storage.domain.definition_file import EMBEDDED, read_definition
from storage.paths import RuntimePaths
from storage.runtime_table import refuse_other_table

OURS = read_definition(EMBEDDED)
UNIT, LABEL = ({"unit": "EUR"}, {"label": "Earnings"})


def changed(**values: object) -> TableDefinition:
    return OURS.model_copy(update=values)


def with_first_input(**values: object) -> TableDefinition:
    first, *others = OURS.inputs
    return changed(inputs=[first.model_copy(update=values), *others])


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("other", "difference"),
    [
        (changed(name="cars"), "its name"),
        (changed(inputs=OURS.inputs[1:]), r"its inputs \(MedInc\)"),
        (changed(inputs=OURS.inputs[::-1]), r"its inputs \(their order\)"),
        (with_first_input(**UNIT), r"its inputs \(MedInc\)"),
        (changed(target=OURS.target.model_copy(update=UNIT)), "its target"),
    ],
)
def test_another_table_is_refused_and_nothing_is_touched(
    tmp_path: Path, other: TableDefinition, difference: str
) -> None:
    paths = RuntimePaths(tmp_path)
    refuse_other_table(paths, other, writes=True)
    paths.database.parent.mkdir(parents=True, exist_ok=True)
    paths.database.touch()
    before = contents(tmp_path)
    with pytest.raises(SystemExit, match=difference) as refused:
        refuse_other_table(paths, OURS, writes=True)
    assert "HOUSING_RUNTIME_DIRECTORY to another folder" in str(refused.value)
    assert ("HOUSING_TABLE" in str(refused.value)) == (other.name != OURS.name)
    assert contents(tmp_path) == before


def test_a_definition_that_was_mended_before_anything_was_recorded_is_told_how_to_go_on(
    tmp_path: Path,
) -> None:
    """A first training that stopped, for a word was missing, leaves nothing but what the folder is of."""
    paths = RuntimePaths(tmp_path)
    refuse_other_table(paths, with_first_input(**UNIT), writes=True)
    with pytest.raises(SystemExit, match=r"has no records yet: remove .*table\.json"):
        refuse_other_table(paths, OURS, writes=True)
    paths.table.unlink()
    refuse_other_table(paths, OURS, writes=True)


def test_what_changes_no_record_may_change(tmp_path: Path) -> None:
    paths = RuntimePaths(tmp_path)
    refuse_other_table(paths, OURS, writes=True)
    refuse_other_table(paths, with_first_input(**LABEL), writes=True)
    refuse_other_table(paths, changed(title="Houses", presets=[]), writes=True)


def test_reading_makes_the_folder_nobodys(tmp_path: Path) -> None:
    refuse_other_table(RuntimePaths(tmp_path), OURS, writes=False)
    assert contents(tmp_path) == {}


def test_a_folder_of_an_earlier_release_is_of_the_embedded_table(tmp_path: Path) -> None:
    paths = RuntimePaths(tmp_path)
    paths.champion_pointer.parent.mkdir()
    paths.champion_pointer.touch()
    with pytest.raises(SystemExit, match="has the records of california-housing"):
        refuse_other_table(paths, changed(name="cars"), writes=True)
    assert not paths.table.exists()
    refuse_other_table(paths, OURS, writes=True)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    paths = RuntimePaths(tmp_path)
    paths.table.write_text("{", encoding="utf-8")
    with pytest.raises(SystemExit, match=r"table\.json cannot be read"):
        refuse_other_table(paths, OURS, writes=True)
