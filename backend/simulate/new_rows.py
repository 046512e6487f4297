"""Rows of a kind that training hardly has: what a retraining can learn."""

import numpy as np

from storage.domain.inputs import FEATURE_NAMES, FEATURES
from storage.domain.simulated import DRIFTING, NEW_ROWS
from storage.domain.simulation import NewRows
from storage.domain.target import HIGHEST_ANSWER
from storage.schema.arrays import FloatArray
from training.dataset.splits import Part

NAME = "new-rows" if NEW_ROWS is None else NEW_ROWS.name
SUMMARY = (
    f"rows with a higher {FEATURES[DRIFTING].label} and a higher target than any in training"
    if NEW_ROWS is None
    else NEW_ROWS.summary
)
SHIFT = (0.5, 1.0)
"""Without a definition: by how much the drifting input rises, in its range from 5th to 95th percentile."""
TARGET_RISE = 1.5
"""Without a definition, in standard deviations of the target."""


def new_rows(known: Part, random: np.random.Generator) -> Part:
    """Return each known row as one of the new kind.

    Inputs stay within the ranges of requests, and targets within those of answers.
    """
    found = _shifted(known, random) if NEW_ROWS is None else _defined(NEW_ROWS, known, random)
    limits = np.array([(feature.minimum, feature.maximum) for feature in FEATURES]).T
    return Part(np.clip(found.inputs, *limits), np.minimum(found.targets, HIGHEST_ANSWER))


def _defined(kind: NewRows, known: Part, random: np.random.Generator) -> Part:
    ranges = [kind.factors.get(name) for name in FEATURE_NAMES]
    lowest = [1.0 if each is None else each.lowest for each in ranges]
    highest = [1.0 if each is None else each.highest for each in ranges]
    inputs = known.inputs * random.uniform(lowest, highest, known.inputs.shape)
    for name, span in kind.whole.items():
        drawn = random.integers(int(span.lowest), int(span.highest) + 1, len(known))
        inputs[:, FEATURE_NAMES.index(name)] = drawn
    return Part(inputs, kind.target_factor * known.targets)


def _shifted(known: Part, random: np.random.Generator) -> Part:
    inputs: FloatArray = known.inputs.copy()
    column = inputs[:, DRIFTING]
    low, high = np.nanpercentile(column, [5, 95])
    raised = column + random.uniform(*SHIFT, len(known)) * (high - low)
    inputs[:, DRIFTING] = np.round(raised) if FEATURES[DRIFTING].kind == "integer" else raised
    return Part(inputs, known.targets + TARGET_RISE * float(known.targets.std()))
