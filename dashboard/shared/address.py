"""Inputs as parameters of an address: a link to the Predict page with its form filled."""

from backend.contract.predictions import HousingFeatures


def address_parameters(features: HousingFeatures) -> dict[str, str]:
    """Return the parameters of an address, every number to its last digit; a missing value is empty."""
    return {name: _written(value) for name, value in features.model_dump().items()}


def _written(value: float | str | None) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else repr(float(value))
