"""The part of the client that asks what if: of one row, and of the model in general."""

from backend.alert_client import AlertClient
from backend.contract.counterfactuals import CounterfactualsRequest, CounterfactualsResponse
from backend.contract.dependence import (
    DependenceResponse,
    InteractionQuery,
    InteractionResponse,
)
from backend.contract.predictions import HousingFeatures
from backend.contract.what_if import NearestResponse, SensitivityResponse


class WhatIfClient(AlertClient):
    """The what-if calls, over a connection to a service."""

    def dependence(self) -> DependenceResponse:
        """Return the mean prediction along each input, the most important one first."""
        return self._get(DependenceResponse, "/dependence", None)

    def interaction(self, first: str, second: str) -> InteractionResponse:
        """Return the mean prediction along two inputs, and how strongly they act on each other."""
        query = InteractionQuery.model_construct(first=first, second=second)
        return self._get(InteractionResponse, "/interaction", query)

    def sensitivity(self, features: HousingFeatures) -> SensitivityResponse:
        """Return the answer along each input, the others fixed."""
        return self._post(SensitivityResponse, "/sensitivity", features)

    def nearest_districts(self, features: HousingFeatures, number: int = 10) -> NearestResponse:
        """Return the training rows nearest to the inputs."""
        return self._post(NearestResponse, f"/nearest_districts?number={number}", features)

    def counterfactuals(self, asked: CounterfactualsRequest) -> CounterfactualsResponse:
        """Return what would have to change for a prediction to reach a goal."""
        return self._post(CounterfactualsResponse, "/counterfactuals", asked)
