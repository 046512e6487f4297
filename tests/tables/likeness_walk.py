"""Which readings of another table's rows are recognized; in a process of its own.

Run as ``python -m tests.tables.likeness_walk OUT`` with HOUSING_TABLE: OUT gets the shares, as JSON.
"""

import json
import sys
from pathlib import Path

import numpy as np

from storage.domain.inputs import FEATURES
from training.dataset.likeness import Likeness
from training.dataset.sources import load_table
from training.dataset.splits import split


def main(out: Path) -> None:
    """Write them down."""
    splits = split(load_table(), 0)
    known, new = splits.test.open().inputs, splits.train.inputs
    likeness = Likeness.of(new)
    numbers = [place for place, one in enumerate(FEATURES) if not one.is_category]
    words = [place for place, one in enumerate(FEATURES) if one.is_category]
    measured = [place for place in numbers if len(np.unique(new[:, place])) > 100]
    moved = known.copy()
    moved[:, measured] *= 1.001
    other_word = moved.copy()
    other_word[:, words] = (other_word[:, words] + 1) % 3
    gap = other_word.copy()
    gap[:, numbers[0]] = np.nan
    shares = {
        name: float(likeness.is_known(rows, known).mean())
        for name, rows in {"moved": moved, "word": other_word, "gap": gap, "new": new}.items()
    }
    out.write_text(json.dumps(shares), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
