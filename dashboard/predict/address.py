"""The form in the address of its page: a link that reproduces it.

Every input has a parameter of its own name. Anyone can write an address, so it is not trusted or
echoed: a value that the service would not accept is reported and ignored.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from backend.contract.predictions import FEATURES, Feature, HousingFeatures

LONGEST_NUMBER = 40
"""Characters: no number in a link needs more."""


@dataclass(frozen=True)
class FormAddress:
    """The inputs in an address, and a sentence for each invalid one."""

    values: dict[str, float]
    problems: tuple[str, ...]


def read_address(parameters: Mapping[str, str]) -> FormAddress:
    """Read the inputs in an address; parameters of other names belong to other pages.

    Examples
    --------
    >>> read_address({"HouseAge": "30", "Latitude": "61", "log_text": "x"}).values
    {'HouseAge': 30.0}
    """
    given = [feature for feature in FEATURES if feature.name in parameters]
    read = {feature.name: _number(parameters[feature.name]) for feature in given}
    problems = {feature.name: _problem(feature, read[feature.name]) for feature in given}
    return FormAddress(
        {name: value for name, value in read.items() if value is not None and not problems[name]},
        tuple(problem for problem in problems.values() if problem),
    )


def address_parameters(features: HousingFeatures) -> dict[str, str]:
    """Return the parameters of an address, every number to its last digit."""
    return {name: repr(float(value)) for name, value in features.model_dump().items()}


def form_link(page_url: str, features: HousingFeatures) -> str:
    """Return the link that fills the form with these inputs.

    Parameters
    ----------
    page_url
        Address of the page, with or without parameters.
    """
    scheme, place, path, _, _ = urlsplit(page_url)
    return urlunsplit((scheme, place, path, urlencode(address_parameters(features)), ""))


def _number(text: str) -> float | None:
    # float() also reads 1_000 and digits of other scripts: harmless, and the range is checked.
    try:
        value = float(text[:LONGEST_NUMBER])
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _problem(feature: Feature, value: float | None) -> str | None:
    name = feature.label.lower()
    if value is None:
        return f"The {name} in the link is not a number and was ignored."
    if not feature.minimum <= value <= feature.maximum:
        allowed = f"{feature.minimum:,g} to {feature.maximum:,g}"
        return f"The {name} in the link is outside {allowed} and was ignored."
    return None
