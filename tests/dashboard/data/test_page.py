"""The Data page: the columns, split and doubts of the table, an opened input, and what it says without."""

import json
from typing import Any

from streamlit.testing.v1 import AppTest

from backend.contract.data import ColumnProfile, TableColumn, WordCounts
from dashboard.charts.histogram import OTHERS, word_bars
from dashboard.data.inputs import input_cells, range_width, unit_width
from storage.models.store import TABLE_PROFILE, ModelStore
from tests.dashboard.conftest import OpenPage, Service, sentences
from tests.versions import rewrite_manifest

COLUMN = {
    "name": "built",
    "label": "Built",
    "unit": "kg",
    "description": "When it was built.",
    "kind": "integer",
    "may_be_missing": False,
    "accepted": [1900, 2100],
    "typical": [1950, 2020],
    "found": None,
}


def test_the_page_says_what_the_table_is_and_draws_every_input(
    open_page: OpenPage, service: Service
) -> None:
    page = open_page("data", service)
    assert not sentences(page)
    champion = ModelStore(service.settings.paths).champion()
    assert champion.table is not None
    figures = {metric.label: metric.value for metric in page.metric}
    assert figures["Rows"] == f"{champion.table.rows:,}"
    assert (figures["Inputs"], figures["Categories"], figures["Missing values"]) == (
        "8",
        "0",
        "none",
    )
    assert "Nothing odd was found" in _text(page)
    table = page.dataframe[0].value
    assert table["input"].tolist()[0] == "Median income"
    assert all(max(bars) == 1 for bars in table["distribution"])
    assert len(_charts(page)) == 3
    captions = " ".join(caption.value for caption in page.caption)
    assert champion.version in captions
    assert "Median \\$" in captions


def test_another_input_is_opened(open_page: OpenPage, service: Service) -> None:
    page = open_page("data", service)
    page.selectbox(key="data_opened").set_value("HouseAge").run()
    assert not sentences(page)
    captions = " ".join(caption.value for caption in page.caption)
    assert "`HouseAge`" in captions
    assert "accepted 0 to" in captions
    (chart,) = [chart for chart in _charts(page) if "years" in json.dumps(chart["xAxis"])]
    assert sum(count for _, count in chart["series"][0]["data"][:-1])


def test_units_have_the_room_they_need_and_none_has_no_column() -> None:
    column = TableColumn.model_validate(COLUMN)
    assert unit_width([column.model_copy(update={"unit": ""})]) is None
    assert unit_width([column]) == 56
    assert unit_width([column, column.model_copy(update={"unit": "people per house"})]) == 134


def test_a_range_has_room_where_most_rows_have_none() -> None:
    cells: list[dict[str, Any]] = [{"range": None}] * 9 + [{"range": "1999 to 2008"}]
    assert range_width(cells) == 106
    assert range_width(cells[:1]) == 80


def test_years_have_no_separators() -> None:
    column = TableColumn.model_validate(COLUMN)
    assert input_cells(column, 0)["accepted"] == "1,900 to 2,100"
    years = column.model_copy(update={"unit": "", "typical": [1950.0, 2020.0]})
    assert input_cells(years, 0)["accepted"] == "1900 to 2100"


def test_doubts_are_listed(open_page: OpenPage, service: Service) -> None:
    store = ModelStore(service.settings.paths)
    rewrite_manifest(store, store.champion().version, doubts=["HouseAge is 30 in all rows."])
    service.stop()
    service.start()
    page = open_page("data", service)
    assert "- HouseAge is 30 in all rows." in _text(page)
    assert "Nothing odd" not in _text(page)


def test_a_version_that_counted_nothing_still_shows_what_is_defined(
    open_page: OpenPage, service: Service
) -> None:
    store = ModelStore(service.settings.paths)
    champion = store.champion()
    others = {name: one for name, one in champion.checksums.items() if name != TABLE_PROFILE}
    service.stop()
    rewrite_manifest(store, champion.version, checksums=others)
    service.start()
    page = open_page("data", service)
    assert not sentences(page)
    assert "next training" in page.info[0].value
    assert page.dataframe[0].value["accepted"].tolist()[1].startswith("0 to")
    assert not _charts(page)


def test_without_a_model_one_sentence_says_so(
    open_page: OpenPage, service_without_model: Service
) -> None:
    page = open_page("data", service_without_model)
    assert len(sentences(page)) == 1
    assert not page.dataframe


def test_without_the_service_one_sentence_then_everything_when_it_is_back(
    open_page: OpenPage, service: Service
) -> None:
    service.stop()
    page = open_page("data", service)
    assert len(sentences(page)) == 1
    service.start()
    page.run()
    assert not sentences(page)
    assert page.metric


def test_words_are_bars_with_their_counts_and_the_rest_is_one() -> None:
    option = word_bars(["petrol", "diesel"], [70, 20], other_rows=10)
    assert option["yAxis"]["data"] == ["petrol", "diesel", OTHERS]
    assert [bar["value"] for bar in option["series"][0]["data"]] == [70, 20, 10]


def test_a_cell_that_a_spreadsheet_would_run_is_no_formula_and_a_category_has_no_range() -> None:
    found = ColumnProfile(
        name="fuel",
        missing=5,
        distinct=2,
        words=WordCounts(words=["petrol", "diesel"], counts=[70, 25], other_words=0, other_rows=0),
    )
    column = TableColumn(
        name="fuel",
        label="Fuel",
        unit="",
        description="Fuel.",
        kind="category",
        may_be_missing=True,
        accepted=None,
        typical=None,
        found=found,
    )
    cells = input_cells(column, 100)
    assert (cells["kind"], cells["typical"], cells["missing"]) == (
        "Category",
        "most often petrol",
        0.05,
    )
    assert cells["accepted"] is cells["median"] is None


def _charts(page: AppTest) -> list[dict[str, Any]]:
    return [json.loads(chart.proto.spec) for chart in page.get("echarts_chart")]


def _text(page: AppTest) -> str:
    return "\n".join(markdown.value for markdown in page.markdown)
