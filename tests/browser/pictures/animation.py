"""``python -m tests.browser.pictures.animation``: make the README's pictures of those in docs/screenshots.

An animated one that goes from page to page, and a small one of each page for the tour.
"""

import storage.ctrl_c

import argparse
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from tests.browser.pictures.picture import PICTURES

SCENES = (
    ("overview-light.png", "Overview: is the service healthy, and can its answers be trusted?"),
    ("predict-light.png", "Predict: a price, its 90 % interval, and how well training supports it"),
    ("drift-light.png", "Drift: do the inputs still look like the training data?"),
    ("retrain-light.png", "Retrain: request a better model, and follow it to the promotion gate"),
    ("registry-light.png", "Registry: compare two versions, promote one, or roll back"),
)
TOUR = ("overview", "predict", "performance", "drift", "retrain", "registry")
SMALL = PICTURES / "small"
SMALL_SIZE = (720, 450)
WIDTH, HEIGHT, CAPTION_HEIGHT = 1080, 675, 52
MILLISECONDS_A_SCENE = 3_000
PAPER, INK = "#0b6477", "#ffffff"
LETTER_PIXELS = 24
MOST_BYTES = 1_500_000


def main() -> None:
    """Write the pictures."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    animate(PICTURES / "tour.webp")
    SMALL.mkdir(exist_ok=True)
    for name in TOUR:
        small = _top(PICTURES / f"{name}-light.png", SMALL_SIZE)
        small.save(SMALL / f"{name}.webp", quality=80, method=6)


def animate(file: Path) -> None:
    """Write an animated WebP that shows one scene after the other.

    Raises
    ------
    ValueError
        If it is larger than a README should load.
    """
    first, *others = [_scene(PICTURES / name, caption) for name, caption in SCENES]
    first.save(
        file,
        save_all=True,
        append_images=others,
        duration=MILLISECONDS_A_SCENE,
        loop=0,
        quality=80,
        method=6,
        kmax=1,  # each frame whole: as a difference it would keep a shadow of the one before
    )
    if file.stat().st_size > MOST_BYTES:
        raise ValueError(f"{file} has {file.stat().st_size} bytes; lower the quality or the width.")


def _scene(picture: Path, caption: str) -> Image.Image:
    """Return the top of a page, with a line below it that says what it is."""
    scene = Image.new("RGB", (WIDTH, HEIGHT + CAPTION_HEIGHT), PAPER)
    scene.paste(_top(picture, (WIDTH, HEIGHT)), (0, 0))
    middle = (WIDTH // 2, HEIGHT + CAPTION_HEIGHT // 2)
    font = ImageFont.load_default(LETTER_PIXELS)
    ImageDraw.Draw(scene).text(middle, caption, fill=INK, font=font, anchor="mm")
    return scene


def _top(picture: Path, size: tuple[int, int]) -> Image.Image:
    """Return as much of the top of a picture as fits into ``size`` at its full width."""
    width, height = size
    with Image.open(picture) as opened:
        seen = (0, 0, opened.width, opened.width * height // width)
        return opened.convert("RGB").crop(seen).resize(size, Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main()
