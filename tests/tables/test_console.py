"""The console over another table: every page works, and none says a word of the embedded one's."""

import json
import re

import pytest

from storage.paths import RuntimePaths
from tests.dashboard.conftest import OPERATOR_KEY
from tests.system import PAGE_SECONDS, free_port, said_by
from tests.tables.console_walk import WALKS
from tests.tables.frost import write_frost
from tests.tracking_store import copy_store, empty_store

pytestmark = [pytest.mark.xdist_group("tables"), pytest.mark.timeout(1_200)]

FOREIGN = re.compile(
    r"\b(districts?|block groups?|prices?|houses?|housing|homes?|rooms?|census|incomes?|MedInc|latitude|"
    r"longitude|californian?|dollars?|USD)\b|\$\d",
    re.IGNORECASE,
)
"""Words of the embedded table, and its prices."""
EXPECTED = {
    "predict": (
        "Predict ground temperature",
        "Dusk temperature (°C)",
        "NDVI",
        "15 inputs",
        "asphalt",
    ),
    "batch": ("Mean ground temperature", "one night per line"),
    "performance": ("in °C", "Humidity"),
    "drift": ("Predicted ground temperature", "asphalt", "The shares of some categories"),
    "data": (
        "Ground temperature",
        "one night",
        "Dew point",
        "asphalt",
        "No input is",
    ),
    "registry": ("All nights", "RMSE, °C"),
}
"""What some pages must say instead."""


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What each page said of a table that was trained and served for this."""
    root = tmp_path_factory.mktemp("frost")
    port = str(free_port())
    copy_store(empty_store(tmp_path_factory), RuntimePaths(root / "runtime"))
    settings = {
        "HOUSING_TABLE": str(write_frost(root / "table")),
        "HOUSING_RUNTIME_DIRECTORY": str(root / "runtime"),
        "HOUSING_BACKEND_PORT": port,
        "HOUSING_BACKEND_URL": f"http://127.0.0.1:{port}",
        "HOUSING_BACKEND_TIMEOUT_SECONDS": str(PAGE_SECONDS),
        "HOUSING_OPERATOR_KEY": OPERATOR_KEY,
        "HOUSING_DASHBOARD_KEY": OPERATOR_KEY,
    }
    # A busy machine may answer more slowly than the gate allows.
    options = ("--candidates", "hist_gradient_boosting", "--despite-checks")
    said_by("-m", "training", *options, **settings)
    said_by("-m", "tests.tables.console_walk", str(root / "drawn.json"), **settings)
    texts: dict[str, list[str]] = json.loads((root / "drawn.json").read_text(encoding="utf-8"))
    return texts


@pytest.mark.parametrize("page", ["console", *WALKS])
def test_a_page_says_no_word_of_the_embedded_table(drawn: dict[str, list[str]], page: str) -> None:
    assert drawn[page]
    found = {(match[0], text) for text in drawn[page] for match in FOREIGN.finditer(text)}
    assert not found


@pytest.mark.parametrize("page", EXPECTED)
def test_a_page_speaks_of_its_own_table(drawn: dict[str, list[str]], page: str) -> None:
    everything = "\n".join(drawn[page])
    assert [words for words in EXPECTED[page] if words not in everything] == []


def test_a_unit_is_said_once_in_a_range(drawn: dict[str, list[str]]) -> None:
    everything = "\n".join(text for texts in drawn.values() for text in texts)
    assert re.search(r"90% interval: \S+ to \S+ °C", everything)
    assert re.findall(r"\d °C (?:to|and) .{12}", everything) == []


def test_temperatures_below_zero_are_written_with_their_sign(
    drawn: dict[str, list[str]],
) -> None:
    assert any(re.search(r"−\d", text) for text in drawn["predict"])
