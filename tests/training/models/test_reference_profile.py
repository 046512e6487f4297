"""What the model saw: kept exactly, and honest about how far away an input is."""

import io

import numpy as np
import pytest

from storage.domain.inputs import EXAMPLE
from storage.errors import ModelIntegrityError
from storage.schema.arrays import FloatArray
from training.dataset.sources import load_table
from training.models.reference_profile import ReferenceProfile, ReferenceSearch


@pytest.fixture(scope="module")
def profile() -> ReferenceProfile:
    table = load_table()
    return ReferenceProfile.fit(table.inputs[::5], table.targets[::5], seed=0)


@pytest.fixture(scope="module")
def search(profile: ReferenceProfile) -> ReferenceSearch:
    return ReferenceSearch(profile)


def example(**changed: float) -> FloatArray:
    return np.array([list((EXAMPLE | changed).values())])


def test_a_profile_survives_storage_exactly(profile: ReferenceProfile) -> None:
    stored = ReferenceProfile.from_bytes(profile.to_bytes())
    for name in ("inputs", "targets", "percentiles", "background", "distances", "importances"):
        np.testing.assert_array_equal(getattr(stored, name), getattr(profile, name))


def test_the_same_training_part_gives_the_same_bytes(profile: ReferenceProfile) -> None:
    again = ReferenceProfile.fit(profile.inputs, profile.targets, seed=0)
    assert again.to_bytes() == profile.to_bytes()


def test_a_profile_from_before_importances_has_equal_ones(profile: ReferenceProfile) -> None:
    stream = io.BytesIO()
    kept = {name: values for name, values in vars(profile).items() if name != "importances"}
    np.savez_compressed(stream, **kept)
    assert ReferenceProfile.from_bytes(stream.getvalue()).importances.tolist() == [1 / 8] * 8


def test_what_is_missing_more_than_that_is_refused(profile: ReferenceProfile) -> None:
    stream = io.BytesIO()
    np.savez_compressed(stream, inputs=profile.inputs)
    with pytest.raises(ModelIntegrityError, match="cannot be read"):
        ReferenceProfile.from_bytes(stream.getvalue())


@pytest.mark.parametrize("content", [b"", b"junk", b"PK\x03\x04broken"])
def test_what_is_no_profile_is_refused(content: bytes) -> None:
    with pytest.raises(ModelIntegrityError, match="cannot be read"):
        ReferenceProfile.from_bytes(content)


def test_support_of_training_rows_is_spread_evenly(
    profile: ReferenceProfile, search: ReferenceSearch
) -> None:
    support = search.support(profile.inputs[:500])
    assert 0 <= support.min() <= support.max() <= 1
    assert 0.45 < support.mean() < 0.75  # above one half: each row finds itself among its nearest


def test_support_falls_with_distance_and_ends_at_zero(search: ReferenceSearch) -> None:
    near, far, absurd = (
        float(search.support(example(**changed))[0])
        for changed in ({}, {"AveOccup": 30.0}, {"AveOccup": 5_000.0, "Population": 100_000.0})
    )
    assert near > far > absurd == 0


def test_nearest_districts_are_the_nearest_on_the_globe(
    profile: ReferenceProfile, search: ReferenceSearch
) -> None:
    rows, distances = search.nearest(example(Latitude=37.77, Longitude=-122.42)[0], 10)
    latitude, longitude = np.radians(profile.inputs[:, 6]), np.radians(profile.inputs[:, 7])
    here, there = np.radians(37.77), np.radians(-122.42)
    haversine = (
        np.sin((latitude - here) / 2) ** 2
        + np.cos(here) * np.cos(latitude) * np.sin((longitude - there) / 2) ** 2
    )
    kilometres = 2 * 6_371.0 * np.arcsin(np.sqrt(haversine))
    np.testing.assert_allclose(distances, np.sort(kilometres)[:10], atol=1e-6)
    np.testing.assert_allclose(kilometres[rows], distances, atol=1e-6)


def test_histograms_count_nearly_every_row(profile: ReferenceProfile) -> None:
    edges, counts = profile.histogram(0)
    assert len(edges) == len(counts) + 1
    assert counts.sum() > 0.99 * len(profile.inputs)
