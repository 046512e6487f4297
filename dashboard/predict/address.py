"""The form in the address of its page: a link that reproduces it.

Every input has a parameter of its own name. Anyone can write an address, so it is not trusted or
echoed: a value that the service would not accept is reported and ignored.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from backend.contract.predictions import FEATURES, Feature, HousingFeatures
from dashboard.predict.field import Value
from dashboard.shared.address import address_parameters
from dashboard.wording.words import in_sentence

LONGEST_NUMBER = 40
"""Characters: no number in a link needs more."""


@dataclass(frozen=True)
class FormAddress:
    """The inputs in an address, and a sentence for each invalid one."""

    values: dict[str, Value]
    problems: tuple[str, ...]


def read_address(parameters: Mapping[str, str]) -> FormAddress:
    """Read the inputs in an address; parameters of other names belong to other pages.

    Examples
    --------
    >>> read_address({"HouseAge": "30", "Latitude": "61", "log_text": "x"}).values
    {'HouseAge': 30.0}
    """
    given = [feature for feature in FEATURES if feature.name in parameters]
    values: dict[str, Value] = {}
    problems = []
    for feature in given:
        try:
            values[feature.name] = _read(feature, parameters[feature.name])
        except ValueError as problem:
            label = in_sentence(feature.label)
            problems.append(f"The {label} in the link is {problem} and was ignored.")
    return FormAddress(values, tuple(problems))


def form_link(page_url: str, features: HousingFeatures) -> str:
    """Return the link that fills the form with these inputs.

    Parameters
    ----------
    page_url
        Address of the page, with or without parameters.
    """
    scheme, place, path, _, _ = urlsplit(page_url)
    return urlunsplit((scheme, place, path, urlencode(address_parameters(features)), ""))


def _read(feature: Feature, text: str) -> Value:
    if feature.missing and not text:
        return None
    if feature.categories is not None:
        if text not in feature.categories:
            raise ValueError("none of its categories")
        return text
    return _number(feature, text)


def _number(feature: Feature, text: str) -> float:
    # float() also reads 1_000 and digits of other scripts: harmless, and the range is checked.
    try:
        value = float(text[:LONGEST_NUMBER])
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError("not a number")
    if not feature.minimum <= value <= feature.maximum:
        raise ValueError(f"outside {feature.minimum:,g} to {feature.maximum:,g}")
    if feature.kind == "integer" and value != int(value):
        raise ValueError("not a whole number")
    return value
