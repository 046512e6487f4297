"""The pipeline based on neighbours' prices: neighbour features, then boosting with a support switch."""

from typing import Any

from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.pipeline import FeatureUnion, Pipeline

from training.features.columns import refuse_other_tables
from training.features.district_ratios import DistrictRatios
from training.features.place_neighbours import PlaceNeighbours
from training.features.similar_neighbours import PRICE_KRIGED, SimilarNeighbours
from training.models.price_pipeline import PREPROCESSING, REGRESSOR, PricePipeline
from training.models.support_switch import SupportSwitchedRegressor


class BoostedTrees(HistGradientBoostingRegressor):  # type: ignore[misc] # scikit-learn has no types
    """scikit-learn's boosted trees, whose possible thresholds are each column's plain quantiles.

    Where rows have weights, scikit-learn 1.9 weighs the quantiles too, and sorts a column anew for each of
    254: that takes several times what all trees take. Here weights count in the gradients only.
    """

    def _bin_data(self, X: Any, sample_weight: Any, is_training_data: bool) -> Any:
        return super()._bin_data(X, None, is_training_data)


def neighbour_boosting(seed: int) -> Pipeline:
    """Return the unfitted pipeline, a candidate of the embedded table's own.

    Raises
    ------
    ValueError
        If the table in use lacks the inputs that its features are made of.
    """
    refuse_other_tables()
    steps = [(PREPROCESSING, neighbour_features(seed)), (REGRESSOR, switched_boosting(seed))]
    return PricePipeline(steps)


def neighbour_features(seed: int) -> FeatureUnion:
    """Return the unfitted features: 24 columns of the district, 41 of its place, 24 of similar districts."""
    return FeatureUnion(
        [
            ("district", DistrictRatios()),
            ("place", PlaceNeighbours(random_state=seed)),
            ("similar", SimilarNeighbours()),
        ],
        verbose_feature_names_out=False,
    )


def switched_boosting(seed: int) -> SupportSwitchedRegressor:
    """Return the unfitted regressor on the columns of ``neighbour_features``."""
    district = DistrictRatios().names()
    columns = [*district, *PlaceNeighbours().names(), *SimilarNeighbours().names()]
    return SupportSwitchedRegressor(
        near=_near_model(),
        far=_far_model(),
        own_columns=len(district),
        support_column=columns.index("place_unsupported_log_odds"),
        kriged_column=columns.index(PRICE_KRIGED),
        random_state=seed,
    )


def _near_model() -> BoostedTrees:
    # Few columns per split and strong shrinkage, because the neighbour columns are highly correlated.
    return BoostedTrees(
        learning_rate=0.06,
        max_iter=200,
        max_leaf_nodes=31,
        min_samples_leaf=30,
        l2_regularization=10.0,
        max_features=0.1,
        early_stopping=False,
    )


def _far_model() -> BoostedTrees:
    return BoostedTrees(
        learning_rate=0.05,
        max_iter=250,
        max_leaf_nodes=31,
        min_samples_leaf=15,
        l2_regularization=1.0,
        max_features=0.3,
        early_stopping=False,
    )
