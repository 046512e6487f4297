"""The words of the embedded table are in its folder and in the place room, and nowhere else in the house.

What must stay for another reason is named here, with the reason.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system import REPOSITORY

ROOMS = ("storage", "training", "backend", "dashboard")
OWN_FOLDER = "storage/domain/california_housing/"
PLACE_ROOM = (
    "training/features/",
    "training/models/neighbour_boosting.py",
    "training/models/support_switch.py",
    "training/models/compiled_neighbours.py",
    "training/models/regions.py",
    "training/kernels/neighbour_search.py",
    "training/dataset/districts.py",
)
"""What is learned of neighbours on a map: its features were made for the embedded table, and only tables with
its inputs or a place use them. Their names are in the pickles of versions."""
WORDS = re.compile(
    r"\b(districts?|block groups?|prices?|houses|house values?|incomes?|census|californian?|dollars|usd|"
    r"medinc|houseage|averooms|avebedrms|aveoccup|medhouseval)\b|\b5\.1\b|\b5\.00001\b|100,000",
    re.IGNORECASE,
)
NAMES = {
    "the product's name, and that of its settings": r"Housing\w+|housing_\w+|HOUSING_\w+",
    "the HTTP contract, which only grows": r"nearest_districts|NearestDistrict|districts|price",
    "classes, modules and methods of pickled models": (
        r"PricePipeline|price_pipeline|prices|PriceIntervals|DistrictRatios"
    ),
    "columns of what compiled models answer": r"PRICE|PRICE_END",
    "whether rows are of one place": r"is_district_of",
    "scikit-learn's name of the embedded table": r"fetch_california_housing",
}
"""Reason, and the names that stay for it."""
TEXTS = {
    "storage/domain/definition_file.py": "the embedded table's folder",
    "storage/settings.py": "the help of HOUSING_TABLE says which table is the default",
    "storage/models/restored.py": "kinds in pickles",
    "training/dataset/sources.py": "scikit-learn has the rows of one table only, and the refusal says which",
    "training/kernels/machine_code.py": "a folder of compiled code on machines that have it",
    "training/describe/names.py": "currencies that a person's table may have",
    "training/describe/texts.py": "currencies that a person's table may have",
    "backend/web/operations.py": "the HTTP contract",
    "backend/what_if_client.py": "the HTTP contract",
    "backend/routes/what_if.py": "the HTTP contract",
    "backend/demo_api/predictions.py": "the HTTP contract",
}
"""Files in which text has such words, and why."""
PROSE_ROOMS = (
    "storage",
    "backend",
    "dashboard",
    *(
        f"training/{room}"
        for room in ("dataset", "describe", "evaluation", "publishing", "promotion")
    ),
    *(
        f"training/{room}"
        for room in ("tracking", "versions", "mlflow_export", "compilation", "boosters")
    ),
)
"""Where comments and docstrings are read for them, too."""


def _files(*rooms: str) -> list[Path]:
    found = sorted(path for room in rooms for path in (REPOSITORY / room).rglob("*.py"))
    return [path for path in found if not _name(path).startswith((OWN_FOLDER, *PLACE_ROOM))]


def _name(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


def _split(name: str) -> str:
    """Return the words of a name, such as "nearest districts"."""
    return " ".join(re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name))


def _docstrings(tree: ast.AST) -> set[int]:
    """Return the ids of the constants that stand alone: docstrings, and those of attributes."""
    return {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def _texts(path: Path) -> Iterator[str]:
    """Yield the text of a file that its program can write: all strings but docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documentation = _docstrings(tree)
    for node in ast.walk(tree):
        is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
        if is_text and id(node) not in documentation:
            yield str(getattr(node, "value", ""))


def _prose(path: Path) -> Iterator[str]:
    """Yield comments and docstrings, without examples: these are run with the embedded table."""
    source = path.read_text(encoding="utf-8")
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.string
    tree = ast.parse(source)
    documentation = _docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) in documentation:
            yield re.sub(r"(?ms)^ *>>> .*?(^\s*$|\Z)", "", str(node.value))


def _names(path: Path) -> set[str]:
    source = path.read_text(encoding="utf-8")
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {token.string for token in tokens if token.type == tokenize.NAME}


def test_no_name_has_a_word_of_the_embedded_table() -> None:
    stays = re.compile("|".join(NAMES.values()))
    found = {
        f"{_name(path)}: {name}"
        for path in _files(*ROOMS)
        for name in _names(path)
        if WORDS.search(_split(name)) and not stays.fullmatch(name)
    }
    assert found == set()


def test_no_text_has_a_word_of_the_embedded_table() -> None:
    found = {
        f"{_name(path)}: {text[:60]}"
        for path in _files(*ROOMS)
        if _name(path) not in TEXTS
        for text in _texts(path)
        if WORDS.search(text) and text not in ("price", "districts", "NearestDistrict")
    }
    assert found == set()


@pytest.mark.parametrize("room", PROSE_ROOMS)
def test_no_comment_explains_by_the_embedded_table(room: str) -> None:
    found = {
        f"{_name(path)}: {match[0]}"
        for path in _files(room)
        for text in _prose(path)
        for match in WORDS.finditer(text.replace("nearest_districts", ""))
        if not re.search(r"at the price of|keep house", text)
    }
    assert found == set()


@pytest.mark.parametrize("file", TEXTS)
def test_what_is_excepted_has_such_a_word(file: str) -> None:
    assert any(
        WORDS.search(_split(text)) or WORDS.search(text) for text in _texts(REPOSITORY / file)
    )


@pytest.mark.parametrize("reason", NAMES)
def test_names_that_stay_are_there(reason: str) -> None:
    stays = re.compile(NAMES[reason])
    assert any(stays.fullmatch(name) for path in _files(*ROOMS) for name in _names(path))


def test_no_error_is_written_with_as_many_decimals_for_every_table() -> None:
    """``storage.domain.written.figure`` knows how large the target's values are."""
    fixed = re.compile(r"\{[^{}]*\b(?:rmse|mae)\b[^{}]*:[+]?,?\.\d[fg]\}")
    found = [
        f"{path.relative_to(REPOSITORY)}: {one}"
        for path in _files(*ROOMS)
        for one in fixed.findall(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_no_code_names_the_columns_of_the_embedded_table_s_place() -> None:
    """Whoever needs them asks the definition's place."""
    found = {
        f"{_name(path)}: {text}"
        for path in _files(*ROOMS)
        for text in _texts(path)
        if text in ("Latitude", "Longitude")
    }
    assert found == set()
