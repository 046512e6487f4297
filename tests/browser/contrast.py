"""How well each text on a page can be read: measured as the browser paints it."""

from typing import Any

from playwright.sync_api import Page

READABLE = 4.5
"""WCAG 2.2, 1.4.3. Pictures need 3 (1.4.11); what is disabled is exempt."""
READABLE_PICTURE = 3.0
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


def unreadable_at_rest(page: Page) -> list[dict[str, Any]]:
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
