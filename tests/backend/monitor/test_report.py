"""The picture shows what the probes saw, for one probe and for thousands, answered or not."""

import gc
import io
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from matplotlib import image
from matplotlib.figure import Figure

from backend.monitor.probe import Check, Probe, summarize
from backend.monitor.report import draw
from storage.schema.arrays import FloatArray

START = datetime(2026, 11, 25, 18, 0, tzinfo=UTC)
BLUE = np.array([0x1F, 0x5F, 0xA8]) / 255
RUST = np.array([0xB5, 0x54, 0x2C]) / 255
GREEN = np.array([0x5C, 0x91, 0x6B]) / 255


def probe(number: int, *, healthy: bool = True) -> Probe:
    at = START + timedelta(seconds=30 * number)
    if not healthy:
        return Probe(at=at, healthy=False, problem="nothing answers")
    return Probe(
        at=at, healthy=True, model_version="one", health_ms=1.0, predict_ms=2.0 + number % 7
    )


@pytest.mark.parametrize("number", [1, 2, 2_880])
@pytest.mark.parametrize("healthy", [True, False])
def test_any_number_of_probes_can_be_drawn(number: int, healthy: bool) -> None:
    pixels = _picture([probe(index, healthy=healthy) for index in range(number)])
    assert pixels.shape == (900, 1440, 4)
    assert (_near(pixels, GREEN) > 10_000) is healthy


def test_nothing_of_a_picture_stays_until_the_collector_comes_round() -> None:
    gc.disable()
    try:
        draw("http://test", [probe(0)], [], START)
        assert not [each for each in gc.get_objects() if isinstance(each, Figure)]
    finally:
        gc.enable()


def test_an_outage_takes_its_green_away() -> None:
    well = [probe(index) for index in range(100)]
    ill = [probe(index, healthy=not 30 <= index < 60) for index in range(100)]
    assert _near(_picture(ill), GREEN) < 0.8 * _near(_picture(well), GREEN)


def test_a_starting_service_is_neither_green_nor_red() -> None:
    starting = probe(0, healthy=False).model_copy(update={"starting": True})
    pixels = _picture([starting])
    assert _near(pixels, GREEN) == 0
    assert _near(pixels, RUST) < _near(_picture([probe(0)]), RUST) + 100


def test_drift_is_drawn_where_it_is_known() -> None:
    probes = [probe(index) for index in range(100)]
    unknown = [Check(at=point.at, problem="not enough data") for point in probes[::5]]
    known = [Check(at=point.at, drift_share=0.5, rows=900) for point in probes[::5]]
    assert _near(_picture(probes, known), BLUE) > _near(_picture(probes, unknown), BLUE) + 500


def test_the_line_that_drift_crosses_is_drawn_and_alarms_stand_out() -> None:
    """On an axis of 100 %, as wide as the drift panel."""
    probes = [probe(index) for index in range(100)]
    shares = [Check(at=point.at, drift_share=0.5, rows=900) for point in probes[::5]]
    lined = [check.model_copy(update={"drift_threshold": 0.125}) for check in shares]
    alarmed = [check.model_copy(update={"alarm": True}) for check in lined]
    plain, with_line, with_alarms = (
        _near(_picture(probes, checks), RUST) for checks in (shares, lined, alarmed)
    )
    assert with_line > plain + 300
    assert with_alarms > with_line + 300


def test_the_summary_counts_what_happened() -> None:
    probes = [probe(index, healthy=index != 2) for index in range(4)]
    summary = summarize(probes, [], probes[-1].at)
    assert summary.probes == 4
    assert summary.availability == 0.75
    assert summary.median_health_ms == 1.0
    assert summary.median_predict_ms == 3.0  # of 2, 3 and 5
    assert summary.last == probes[-1]
    silent = summarize([probe(0, healthy=False)], [], START)
    assert silent.median_predict_ms is silent.p95_predict_ms is None


def _picture(probes: list[Probe], checks: list[Check] | None = None) -> FloatArray:
    png = draw("http://127.0.0.1:5000", probes, checks or [], probes[-1].at)
    return np.asarray(image.imread(io.BytesIO(png)), dtype=np.float64)


def _near(pixels: FloatArray, color: FloatArray) -> int:
    return int((np.abs(pixels[..., :3] - color).max(axis=-1) < 0.06).sum())
