"""The map of latencies: one cell for each step and row with requests, as dark as they are many."""

import math

from dashboard.latency.heat import heat_option
from tests.dashboard.latency.test_page import summary


def test_each_cell_has_its_step_its_row_and_its_number() -> None:
    option = heat_option([0.5, 1.0, 2.0], [[3, 0], [0, 0], [1, 1]], summary().series)
    assert option["xAxis"]["data"] == ["12:00:00", "12:00:10", "12:00:20"]
    assert option["yAxis"]["data"] == ["0.5–1 ms", "1–2 ms"]
    (series,) = option["series"]
    cells = {(column, row): count for column, row, _, count in series["data"]}
    assert cells == {(0, 0): 3, (2, 0): 1, (2, 1): 1}, "an empty cell is not drawn"
    assert option["visualMap"]["max"] == math.log1p(3)
    assert all(shade == math.log1p(count) for *_, shade, count in series["data"])
