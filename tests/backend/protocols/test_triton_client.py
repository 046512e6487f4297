"""Triton's own client against the real service: binary and JSON tensors, in both directions."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import numpy as np
import pytest

from backend.client import HousingClient
from storage.domain.inputs import FEATURE_NAMES, HousingFeatures
from storage.settings import Settings
from tests.districts import unseen_districts

triton: Any = import_module("tritonclient.http")  # ships no types
pytestmark = pytest.mark.xdist_group("processes")

NAME = "california-housing"


@pytest.fixture(name="client")
def _client(shared_service: HousingClient, shared_settings: Settings) -> Iterator[Any]:
    assert shared_service.health().status == "healthy"
    address = f"127.0.0.1:{shared_settings.addresses.backend_port}"
    with triton.InferenceServerClient(address) as client:
        yield client


def _tensors(rows: list[HousingFeatures], *, binary: bool, whole: bool) -> list[Any]:
    values = np.array([list(row.model_dump().values()) for row in rows])
    named = [("all", values)]
    if not whole:
        named = [(name, values[:, [place]]) for place, name in enumerate(FEATURE_NAMES)]
    tensors = []
    for name, column in named:
        tensor = triton.InferInput(name, column.shape, "FP64")
        tensor.set_data_from_numpy(column, binary_data=binary)
        tensors.append(tensor)
    return tensors


@pytest.mark.parametrize("binary", [True, False])
@pytest.mark.parametrize("whole", [True, False])
def test_its_tensors_are_predicted_for(
    client: Any, shared_service: HousingClient, binary: bool, whole: bool
) -> None:
    rows = list(unseen_districts(5))
    expected = shared_service.predict_batch(rows)
    outputs = [
        triton.InferRequestedOutput(name, binary_data=binary)
        for name in ("prediction", "prediction_id")
    ]
    for asked in (None, outputs):
        tensors = _tensors(rows, binary=binary, whole=whole)
        found = client.infer(NAME, tensors, outputs=asked, request_id="mine")
        assert found.as_numpy("prediction").tolist() == expected.predictions
        assert len(set(found.as_numpy("prediction_id").tolist())) == 5
        assert found.get_response()["id"] == "mine"
        assert found.get_response()["model_version"] == expected.model_version


def test_it_reads_metadata_health_and_refusals(client: Any, shared_service: HousingClient) -> None:
    version = shared_service.info().model_version
    assert client.is_server_live()
    assert client.is_server_ready()
    assert client.is_model_ready(NAME)
    assert client.is_model_ready(NAME, version)
    assert not client.is_model_ready(NAME, "other")
    assert client.get_model_metadata(NAME, version)["versions"] == [version]
    assert "binary_tensor_data" in client.get_server_metadata()["extensions"]
    wrong = triton.InferInput("MedInc", [1, 1], "FP32")
    wrong.set_data_from_numpy(np.ones((1, 1), np.float32))
    with pytest.raises(Exception, match="Missing required features"):
        client.infer(NAME, [wrong])
