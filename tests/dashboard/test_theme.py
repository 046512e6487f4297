"""The configuration: letters that can be read by day and by night, and nothing fetched or sent."""

import tomllib
from itertools import product
from typing import Any

import pytest

from tests.system import REPOSITORY

READABLE = 4.5
"""The least contrast of text with its ground that WCAG 2.2 asks for (success criterion 1.4.3)."""

TEXTS = (
    "textColor",
    "linkColor",
    "primaryColor",
    "grayTextColor",
    "redColor",
    "orangeColor",
    "greenColor",
    "dataframeHeaderTextColor",
)
GROUNDS = ("backgroundColor", "secondaryBackgroundColor")


@pytest.fixture(scope="module")
def config() -> dict[str, Any]:
    return tomllib.loads((REPOSITORY / ".streamlit" / "config.toml").read_text())


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_text_can_be_read_on_every_ground(config: dict[str, Any], mode: str) -> None:
    theme = config["theme"][mode]
    grounds = [theme[ground] for ground in GROUNDS] + [
        theme["sidebar"][ground] for ground in GROUNDS
    ]
    for text, ground in product(TEXTS, grounds):
        assert contrast(theme[text], ground) >= READABLE, (text, ground)


@pytest.mark.parametrize(("mode", "letters"), [("light", "#ffffff"), ("dark", "#06262d")])
def test_the_letters_of_the_main_button_can_be_read(
    config: dict[str, Any], mode: str, letters: str
) -> None:
    assert contrast(letters, config["theme"][mode]["primaryColor"]) >= READABLE


def test_nothing_is_sent_and_no_font_is_fetched(config: dict[str, Any]) -> None:
    assert config["browser"]["gatherUsageStats"] is False
    assert "http" not in str(config)


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [
        value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
        for value in channels
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
