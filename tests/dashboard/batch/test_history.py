"""The Batch page lists what was scored before, by whom, and gives the results again."""

import csv
import io

import pytest
from streamlit.testing.v1 import AppTest

from backend.contract.definition import PRESETS
from backend.contract.predictions import FEATURE_NAMES
from dashboard.batch.history import scored_runs
from storage.scored_files.runs import ScoredRuns
from tests.dashboard.conftest import OpenPage, Service, sentences

HEADER = ",".join(FEATURE_NAMES)
ROWS = [",".join(map(str, district.inputs)) for district in PRESETS]


def test_a_scored_file_is_listed_and_can_be_downloaded_again(
    open_page: OpenPage, service: Service
) -> None:
    page = open_page("batch", service)
    _upload(page, "may.csv", [ROWS[0], "1,2", ROWS[1]])
    page.text_input(key="batch_person").input("=Ada").run()
    page.button(key="batch_start").click().run()
    assert not any(field.key == "batch_person" for field in page.text_input)
    _upload(page, "june.csv", [ROWS[2]])
    page.button(key="batch_start").click().run()
    assert not sentences(page)
    table = page.dataframe[-1].value
    assert table["file"].tolist()[:2] == ["june.csv", "may.csv"]
    assert table["person"].tolist()[:2] == ["'=Ada", "'=Ada"]
    assert table[["rows", "scored", "problems"]].values.tolist()[:2] == [[1, 1, 0], [3, 2, 1]]
    assert table["outcome"].tolist()[:2] == ["Done", "Done"]
    assert page.download_button(key="batch_history_result").label == "Download 1 rows"
    _, may, *_ = scored_runs().newest()
    rows = list(csv.DictReader(io.StringIO(scored_runs().result(may.run_id))))
    assert [row["row"] for row in rows] == ["2", "4"]
    assert scored_runs().problems(may.run_id).splitlines()[1].startswith("3,,The row has 2 cells")
    again = open_page("batch", service)  # another visit, another session
    assert again.dataframe[-1].value["file"].tolist()[:2] == ["june.csv", "may.csv"]


def test_a_folder_that_cannot_be_written_is_said_and_costs_nothing(
    open_page: OpenPage, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(ScoredRuns, "keep", full)
    page = open_page("batch", service)
    _upload(page, "may.csv", ROWS)
    page.button(key="batch_start").click().run()
    assert page.session_state["batch_run"].is_done
    assert any("could not be kept" in warning.value for warning in page.warning)


def _upload(page: AppTest, name: str, rows: list[str]) -> None:
    content = "\n".join([HEADER, *rows]).encode()
    page.file_uploader(key="batch_upload").set_value((name, content, "text/csv")).run()
