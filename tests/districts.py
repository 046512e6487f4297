"""Districts that no model was fitted on, as requests: as they are, with incomes risen, or newly built."""

import numpy as np

from backend.contract.predictions import HousingFeatures
from backend.simulate.new_rows import new_rows
from storage.domain.inputs import FEATURE_NAMES, FEATURES
from training.dataset.sources import load_table
from training.dataset.splits import Part, split_rows

MOST_INCOME = next(feature.maximum for feature in FEATURES if feature.name == "MedInc")


def unseen_prices(number: int) -> list[float]:
    """Return what the same districts were really worth, in 100,000 USD."""
    table = load_table()
    test, _, _ = split_rows(len(table), seed=0)
    prices: list[float] = table.targets[test[:number]].tolist()
    return prices


def unseen_districts(number: int, income_factor: float = 1.0) -> list[HousingFeatures]:
    """Return rows of the test part with the incomes multiplied, as far as the service takes them."""
    table = load_table()
    test, _, _ = split_rows(len(table), seed=0)
    districts = []
    for row in table.inputs[test[:number]].tolist():
        values = dict(zip(FEATURE_NAMES, row, strict=True))
        values["MedInc"] = min(values["MedInc"] * income_factor, MOST_INCOME)
        districts.append(HousingFeatures(**values))
    return districts


def newly_built_districts(number: int, seed: int) -> tuple[list[HousingFeatures], list[float]]:
    """Return newly built districts at places of the training part, and their prices in 100,000 USD."""
    table = load_table()
    random = np.random.default_rng(seed)
    _, _, train = split_rows(len(table), seed=0)
    chosen = random.choice(train, number, replace=False)
    built = new_rows(Part(table.inputs[chosen], table.targets[chosen]), random)
    districts = [
        HousingFeatures(**dict(zip(FEATURE_NAMES, row, strict=True)))
        for row in built.inputs.tolist()
    ]
    return districts, built.targets.tolist()
