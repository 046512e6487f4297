"""Districts that no model was fitted on, as requests: as they are, with incomes risen, or newly built."""

import numpy as np

from backend.contract.predictions import HousingFeatures
from storage.domain.inputs import FEATURE_NAMES, FEATURES
from storage.domain.target import TARGET_CAP
from training.dataset.sources import load_table
from training.dataset.splits import split_rows

LOWEST_FACTORS = (1.2, 1.0, 1.05, 1.01, 0.3, 0.9, 1.0, 1.0)
HIGHEST_FACTORS = (1.5, 1.0, 1.3, 1.1, 0.8, 1.1, 1.0, 1.0)
"""Of the inputs of newly built districts, in schema order."""
NEWLY_BUILT_FACTOR = 1.6
MOST_INCOME = next(feature.maximum for feature in FEATURES if feature.name == "MedInc")


def unseen_prices(number: int) -> list[float]:
    """Return what the same districts were really worth, in 100,000 USD."""
    table = load_table()
    _, validation, _ = split_rows(len(table), seed=0)
    prices: list[float] = table.targets[validation[:number]].tolist()
    return prices


def unseen_districts(number: int, income_factor: float = 1.0) -> list[HousingFeatures]:
    """Return rows of the validation part with the incomes multiplied, as far as the service takes them."""
    table = load_table()
    _, validation, _ = split_rows(len(table), seed=0)
    districts = []
    for row in table.inputs[validation[:number]].tolist():
        values = dict(zip(FEATURE_NAMES, row, strict=True))
        values["MedInc"] = min(values["MedInc"] * income_factor, MOST_INCOME)
        districts.append(HousingFeatures(**values))
    return districts


def newly_built_districts(number: int, seed: int) -> tuple[list[HousingFeatures], list[float]]:
    """Return districts such as the table has hardly any of, and their prices in 100,000 USD.

    At the places of districts of the training part, which no model is judged by: smaller, richer, just built,
    and dearer by 60 %.
    """
    table = load_table()
    random = np.random.default_rng(seed)
    _, _, train = split_rows(len(table), seed=0)
    chosen = random.choice(train, number, replace=False)
    factors = random.uniform(LOWEST_FACTORS, HIGHEST_FACTORS, (number, len(FEATURE_NAMES)))
    rows = table.inputs[chosen] * factors
    rows[:, FEATURE_NAMES.index("HouseAge")] = random.integers(1, 4, number)
    limits = np.array([(feature.minimum, feature.maximum) for feature in FEATURES]).T
    prices = np.minimum(NEWLY_BUILT_FACTOR * table.targets[chosen], TARGET_CAP)
    districts = [
        HousingFeatures(**dict(zip(FEATURE_NAMES, row, strict=True)))
        for row in np.clip(rows, *limits).tolist()
    ]
    return districts, prices.tolist()
