"""The reference is made from the code as it is, and leaves nothing out."""

import re
from pathlib import Path

import pytest

from storage.schema.monitoring_config import MonitoringConfig
from tests.documentation.files_page import rows
from tests.documentation.generate import REFERENCE, generated
from tests.documentation.markdown import COMMAND
from tests.documentation.settings_table import settings_by_variable
from tests.system import REPOSITORY

PAGES = generated()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_the_file_is_made_from_the_code_as_it_is(path: Path) -> None:
    assert path.read_text() == PAGES[path], f"run: {COMMAND}"


def test_every_page_of_the_reference_is_generated() -> None:
    written = {page for page in REFERENCE.glob("*.md") if page.name != "index.md"}
    assert written <= PAGES.keys()


def test_every_setting_is_explained() -> None:
    for name, field in (settings_by_variable() | MonitoringConfig.model_fields).items():
        assert field.description, name
        assert field.description.endswith("."), name
        assert not field.is_required(), name


def test_every_file_of_the_runtime_folder_is_explained() -> None:
    for path, meaning in rows():
        assert meaning.endswith("."), path


def test_every_metric_of_the_code_is_in_the_reference() -> None:
    sources = (REPOSITORY / "backend" / "metrics").glob("*.py")
    made = re.findall(
        r'(?:Counter|Gauge|Histogram|Reading|MetricFamily)\(\s*"(\w+)"',
        "\n".join(source.read_text() for source in sources),
    )
    assert len(made) > 20
    page = PAGES[REFERENCE / "metrics.md"]
    for name in made:
        assert re.search(rf"`{name}(_total)?`", page), name
