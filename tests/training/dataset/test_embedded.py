"""The embedded table is the real one, and a changed one is refused."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.domain.definition_file import EMBEDDED
from storage.domain.inputs import EXAMPLE, FEATURES
from storage.domain.target import TARGET_CAP, TARGET_NAME, TARGET_UNIT
from storage.errors import InvalidDataset
from training.dataset.embedded import PROVENANCE, load_embedded
from training.dataset.table import COLUMN_NAMES, HousingTable


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EMBEDDED, tmp_path / "dataset"))


def provenance(folder: Path) -> dict[str, object]:
    return dict(json.loads((folder / PROVENANCE).read_text()))


def rewrite(folder: Path, **changes: object) -> None:
    (folder / PROVENANCE).write_text(json.dumps(provenance(folder) | changes))


def test_it_is_the_census_table(embedded: HousingTable) -> None:
    assert embedded.values.shape == (20_640, 9)
    assert embedded.inputs[0].tolist() == pytest.approx(list(EXAMPLE.values()), abs=1e-4)
    assert embedded.targets[0] == 4.526
    assert (embedded.targets == TARGET_CAP).sum() == 965


def test_provenance_says_what_is_there(embedded: HousingTable) -> None:
    stated = provenance(EMBEDDED)
    assert stated["rows"] == len(embedded)
    assert stated["values_sha256"] == embedded.sha256
    units = {feature.name: feature.unit for feature in FEATURES} | {TARGET_NAME: TARGET_UNIT}
    assert stated["columns"] == units
    assert list(COLUMN_NAMES) == list(units)


def change_one_byte(folder: Path) -> None:
    path = folder / "california_housing.parquet"
    content = bytearray(path.read_bytes())
    content[1000] ^= 1
    path.write_bytes(content)


def remove_the_table(folder: Path) -> None:
    (folder / "california_housing.parquet").unlink()


def remove_the_provenance(folder: Path) -> None:
    (folder / PROVENANCE).unlink()


def cut_the_provenance(folder: Path) -> None:
    (folder / PROVENANCE).write_text('{"file": ')


def state_another_row_count(folder: Path) -> None:
    rewrite(folder, rows=20_000)


def put_another_format_in_its_place(folder: Path) -> None:
    content = b"MedInc,HouseAge\n1,2\n"
    (folder / "california_housing.parquet").write_bytes(content)
    rewrite(folder, sha256=hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (change_one_byte, "california_housing.parquet does not match the SHA-256"),
        (remove_the_table, "california_housing.parquet cannot be read"),
        (remove_the_provenance, "provenance.json cannot be read"),
        (cut_the_provenance, "provenance.json cannot be read as a provenance record"),
        (state_another_row_count, "has 20640 rows where provenance.json says 20000"),
        (put_another_format_in_its_place, "is not the expected nine-column table"),
    ],
)
def test_a_changed_table_is_refused(
    folder: Path, damage: Callable[[Path], None], message: str
) -> None:
    damage(folder)
    with pytest.raises(InvalidDataset, match=message):
        load_embedded(folder)
