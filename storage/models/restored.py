"""Our own fitted objects in pickles, as what they hold: a kind, the number of its format, and its state.

The state is a dict of arrays, scalars and objects of libraries. So a pickle names none of our classes, only
``restored``: classes may move, and a kind whose state changes gets the next number, and a case in
``restored`` that turns the former state into today's.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any, NamedTuple


class Kind(NamedTuple):
    """Where the class of a kind is today, and the number of its format."""

    module: str
    name: str
    format: int = 1


KINDS: Mapping[str, Kind] = {
    "district ratios": Kind("training.features.district_ratios", "DistrictRatios"),
    "place neighbours": Kind("training.features.place_neighbours", "PlaceNeighbours"),
    "place support": Kind("training.features.place_support", "PlaceSupport"),
    "similar neighbours": Kind("training.features.similar_neighbours", "SimilarNeighbours"),
    "encoded inputs": Kind("training.features.encoded_inputs", "EncodedInputs"),
    "ranked inputs": Kind("training.features.ranked_inputs", "RankedInputs"),
    "coded forest": Kind("training.kernels.coded_forest", "CodedForest"),
    "coded nodes": Kind("training.kernels.coded_forest", "CodedNodes"),
    "lightgbm trees": Kind("training.boosters.lightgbm_trees", "LightGBMTrees"),
    "xgboost trees": Kind("training.boosters.xgboost_trees", "XGBoostTrees"),
    "catboost trees": Kind("training.boosters.catboost_trees", "CatBoostTrees"),
    "flat forest": Kind("training.kernels.forest", "FlatForest"),
    "forest arrays": Kind("training.kernels.forest_arrays", "ForestArrays"),
    "price pipeline": Kind("training.models.price_pipeline", "PricePipeline"),
    "intervals": Kind("training.models.intervals", "PriceIntervals", 2),
    "boosted trees": Kind("training.models.neighbour_boosting", "BoostedTrees"),
    "blended boosting": Kind("training.models.blend.regressor", "BlendedBoosting"),
    "blend arrays": Kind("training.kernels.blend_arrays", "BlendArrays"),
    "blend plan": Kind("training.models.blend.member", "Plan"),
    "blend kind": Kind("training.models.blend.member", "Kind"),
    "tree size": Kind("training.models.blend.member", "TreeSize"),
    "flags": Kind("training.kernels.column_codes", "Flags"),
    "support switch": Kind("training.models.support_switch", "SupportSwitchedRegressor"),
    "models side by side": Kind("training.models.support_switch", "ModelsSideBySide"),
}
"""By a name that never changes, because published versions contain it."""

OURS = ("training.", "storage.", "backend.")
_NAMES = {(kind.module, kind.name): name for name, kind in KINDS.items()}


class FormatUnknown(Exception):
    """A later release wrote this object; the message names its kind and format."""


def reduced(thing: Any) -> Any:
    """Return how to pickle an object of ours; NotImplemented for everything else.

    Raises
    ------
    TypeError
        If it is ours and has no kind.
    """
    its_class = type(thing)
    if isinstance(thing, type) or not its_class.__module__.startswith(OURS):
        return NotImplemented
    name = _NAMES.get((its_class.__module__, its_class.__qualname__))
    if name is None:
        raise TypeError(f"{its_class.__qualname__} is in a model and has no kind in {__name__}.")
    return restored, (name, KINDS[name].format, _state_of(thing))


def _state_of(thing: Any) -> dict[str, Any]:
    if issubclass(type(thing), tuple):
        return dict(thing._asdict())
    return dict(thing.__getstate__())


def restored(kind: str, format: int, state: dict[str, Any]) -> Any:
    """Return an object from what it held.

    Raises
    ------
    FormatUnknown
        If a later release wrote it.
    """
    today = KINDS.get(kind)
    if today is None or format > today.format:
        raise FormatUnknown(f"'{kind}' in format {format} is of a later release.")
    its_class = getattr(import_module(today.module), today.name)
    if issubclass(its_class, tuple):
        return its_class(**state)
    thing = its_class.__new__(its_class)
    if hasattr(thing, "__setstate__"):
        thing.__setstate__(state)
    else:
        vars(thing).update(state)
    return thing
