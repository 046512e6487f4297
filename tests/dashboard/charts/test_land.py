"""The outline of California: what its provenance says it is, and the right shape."""

import hashlib
import json

import numpy as np

from backend.contract.definition import PRESETS
from dashboard.charts.land import land_path
from storage.domain.definition_file import EMBEDDED
from storage.domain.place import outline
from training.dataset.embedded import load_embedded

OUTLINE = EMBEDDED / "outline.json"
PROVENANCE = EMBEDDED / "outline_provenance.json"
NEARLY_ALL = 0.97
"""A simplified coast leaves some districts of the shore in the water."""


def test_the_file_is_the_one_that_its_provenance_describes() -> None:
    provenance = json.loads(PROVENANCE.read_text())
    rings = outline()
    assert hashlib.sha256(OUTLINE.read_bytes()).hexdigest() == provenance["sha256"]
    assert len(rings) == provenance["rings"]
    assert sum(len(ring) for ring in rings) == provenance["points"]
    assert "Public domain" in provenance["license"]


def test_every_ring_closes_and_is_lifted_off_before_the_next() -> None:
    rings = outline()
    assert all(ring[0] == ring[-1] for ring in rings)
    east, north = land_path()
    assert east.count(None) == north.count(None) == len(rings)


def test_the_districts_lie_on_the_land() -> None:
    mainland = np.array(outline()[0])
    places = load_embedded().values[::20, [7, 6]]
    assert np.mean([_inside(place, mainland) for place in places]) > NEARLY_ALL
    for district in PRESETS[1:]:
        assert _inside(np.array([district.inputs[7], district.inputs[6]]), mainland), district.name


def _inside(place: np.ndarray, ring: np.ndarray) -> bool:
    """Count the edges that a ray to the east crosses."""
    (x, y), start, end = place, ring[:-1], ring[1:]
    crosses = (start[:, 1] > y) != (end[:, 1] > y)
    start, end = start[crosses], end[crosses]
    at = start[:, 0] + (y - start[:, 1]) / (end[:, 1] - start[:, 1]) * (end[:, 0] - start[:, 0])
    return bool((at > x).sum() % 2)
