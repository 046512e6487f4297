"""Every text on every page can be read, by day and by night: measured as the browser paints it."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from backend.contract.drift import DriftQuery
from dashboard.drift.reading import USUAL_WINDOW, WINDOWS
from storage.models.store import ModelStore
from tests.browser.console import GROUNDS, PATHS, Scheme, System, visit, wear
from tests.browser.operator_steps import open_retraining_dialog
from tests.districts import unseen_districts
from tests.system import wait_for
from tests.versions import publish_dearer

pytestmark = pytest.mark.xdist_group("browser")

READABLE = 4.5
"""WCAG 2.2, 1.4.3. Pictures need 3 (1.4.11); what is disabled is exempt."""
READABLE_PICTURE = 3.0
ENOUGH_ROWS = 600
FADE_MILLISECONDS, LOOKS = 500, 100
"""Text fades in when it comes, and a little with each refresh; it is looked at between two of them."""

MEASURE = """
() => {
  const parse = text => {
    const numbers = text.match(/[\\d.]+/g).map(Number);
    const channels = numbers.slice(0, 3).map(x => text.startsWith('color(') ? x * 255 : x);
    return [...channels, numbers[3] ?? 1];
  };
  const luminance = colour => {
    const [red, green, blue] = colour.map(x => x / 255)
      .map(x => x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const over = (top, ground, alpha) => [0, 1, 2].map(i => top[i] * alpha + ground[i] * (1 - alpha));
  const ancestors = element => element ? [element, ...ancestors(element.parentElement)] : [];
  // The value of a slider's thumb is inside it, and painted above it.
  const isBehind = one => !one.querySelector(':scope > [data-testid=stSliderThumbValue]');
  const ground = element => ancestors(element).filter(isBehind).reverse().reduce((below, one) => {
    const colour = parse(getComputedStyle(one).backgroundColor);
    return over(colour, below, colour[3]);
  }, [255, 255, 255]);
  const opacityOf = element =>
    ancestors(element).reduce((all, one) => all * getComputedStyle(one).opacity, 1);
  // What waits unseen for the mouse, such as the ends of a slider, is not to be read now.
  const isSeen = element => parse(getComputedStyle(element).color)[3] * opacityOf(element) > 0;
  const contrast = element => {
    const below = ground(element);
    const colour = parse(getComputedStyle(element).color);
    const opacity = opacityOf(element);
    const [lighter, darker] = [luminance(over(colour, below, colour[3] * opacity)), luminance(below)]
      .sort((one, other) => other - one);
    return (lighter + 0.05) / (darker + 0.05);
  };
  return [...document.querySelectorAll('body *')]
    .filter(element => element.offsetParent && !element.closest(':disabled') && isSeen(element))
    .filter(element => [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
    .map(element => ({
      text: element.textContent.trim().slice(0, 60),
      picture: Boolean(element.closest('[data-testid=stIconMaterial]')),
      contrast: contrast(element),
    }));
}
"""


@pytest.fixture(scope="module")
def verdict(system: System) -> None:
    """So many predictions that the Drift page has a verdict to show."""
    system.client.predict_batch(unseen_districts(ENOUGH_ROWS))
    query = DriftQuery(window=WINDOWS[USUAL_WINDOW])
    wait_for(lambda: system.client.drift(query).drift_analysis.status == "ok", what="a verdict")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.usefixtures("verdict")
def test_every_text_can_be_read(system: System, page: Page, path: str) -> None:
    visit(page, system, path)
    for scheme in GROUNDS:
        wear(page, scheme)
        assert _unreadable_at_rest(page) == [], scheme


@pytest.mark.parametrize("scheme", GROUNDS)
def test_every_text_of_a_dialog_can_be_read(system: System, page: Page, scheme: Scheme) -> None:
    page.emulate_media(color_scheme=scheme)
    visit(page, system, "retrain")
    open_retraining_dialog(page, "To see whether its dialog can be read.")
    expect(page.get_by_role("button", name="Confirm request")).to_be_enabled()
    assert _unreadable_at_rest(page) == []


@pytest.mark.parametrize("scheme", GROUNDS)
def test_every_text_of_a_dialog_with_a_form_can_be_read(
    system: System, page: Page, first_champion: str, scheme: Scheme
) -> None:
    publish_dearer(ModelStore(system.paths), first_champion, "dearer")
    page.emulate_media(color_scheme=scheme)
    visit(page, system, "registry")
    page.get_by_role("button", name="Promote challenger").click()
    expect(page.get_by_role("button", name="Promote now")).to_be_enabled()
    assert _unreadable_at_rest(page) == []


def _unreadable_at_rest(page: Page) -> list[dict[str, Any]]:
    """Return what cannot be read even after everything had time to fade in."""
    for _ in range(LOOKS):
        unreadable = _unreadable(page)
        if not unreadable:
            break
        page.wait_for_timeout(FADE_MILLISECONDS)
    return unreadable


def _unreadable(page: Page) -> list[dict[str, Any]]:
    texts = page.evaluate(MEASURE)
    assert len(texts) > 10
    return [text for text in texts if text["contrast"] < _least(text["picture"])]


def _least(picture: bool) -> float:
    return READABLE_PICTURE if picture else READABLE
