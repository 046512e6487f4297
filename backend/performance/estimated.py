"""Estimated error: the expected error of predictions before their actual values are known.

Direct loss estimation (like NannyML's DLE): a model of the loss, fitted on the holdout with what is known at
serving time. It detects that traffic has moved to rows where the model's error is larger; it cannot
detect that values have changed. Only actual values show that.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from sklearn.ensemble import HistGradientBoostingRegressor

from backend.contract.performance import EstimatedError
from backend.performance.realized import DEGRADATION_MARGIN
from storage.schema.arrays import FloatArray
from storage.schema.drawn import drawn_rows
from storage.schema.estimate import Estimate
from storage.schema.predictions import LabelledPredictions
from training.evaluation.bootstrap import CONFIDENCE
from training.fitting.threads import fitting_threads
from training.kernels.forest import FlatForest

FOLDS = 5
MINIMUM_ROWS = 30
SMALLEST_HOLDOUT = 100
MOST_ROWS = 20_000
"""Of a larger holdout a drawn part is learned from: somebody waits, and 400,000 rows took nine seconds."""
ABSOLUTE, SQUARED = 0, 1


@dataclass(frozen=True)
class ExpectedLosses:
    """Absolute and squared error that each model expects for each row.

    Attributes
    ----------
    by_model
        Shape (folds, 2, n); in the target's unit and its square.
    relative_variances
        Shape (2,): variance of the actual losses around the expected ones, over the expected ones squared.
    """

    by_model: FloatArray
    relative_variances: FloatArray

    def only(self, rows: NDArray[np.bool_]) -> "ExpectedLosses":
        """Return the rows where the mask (n,) is true."""
        return ExpectedLosses(self.by_model[:, :, rows], self.relative_variances)

    def __len__(self) -> int:
        return int(self.by_model.shape[2])


class ErrorEstimator:
    """Models of the loss, fitted on a holdout: five models, each leaving out one of five parts.

    Boosted trees with Poisson deviance give expected losses that are never negative and whose mean is that of
    the holdout. The features are the eight inputs of the served model, its prediction and the width of its
    interval. The part a model leaves out shows how far actual losses vary around the expected ones; the
    spread of the five models gives the uncertainty of the estimate (the delete-a-group jackknife).

    Parameters
    ----------
    holdout
        At least 100 rows.
    seed
        Seed of the parts and the trees.

    References
    ----------
    NannyML: Direct Loss Estimation. Kott, P. (2001). The delete-a-group jackknife. Journal of Official
    Statistics 17, 521-526.

    Raises
    ------
    ValueError
        If the holdout is too small.
    """

    def __init__(self, holdout: LabelledPredictions, seed: int) -> None:
        if len(holdout) < SMALLEST_HOLDOUT:
            raise ValueError(f"The holdout has fewer than {SMALLEST_HOLDOUT} rows.")
        self._baseline_rmse = float(np.sqrt(np.mean(holdout.residuals**2)))
        holdout = holdout.only(drawn_rows(len(holdout), MOST_ROWS, seed))
        features = _features(holdout)
        errors = holdout.residuals
        losses = np.stack([np.abs(errors), errors**2])
        folds = np.random.default_rng(seed).permutation(len(holdout)) % FOLDS
        # Somebody waits for it, and threads of small fits would wait for cores that others have.
        with fitting_threads(len(holdout)):
            self._models = [
                _model(seed).fit(features[folds != fold], loss[folds != fold])
                for fold in range(FOLDS)
                for loss in losses
            ]
        self._forest = FlatForest(self._models)
        expected = self._expected(features)[folds, :, np.arange(len(folds))].T
        deviations = np.mean((losses - expected) ** 2, axis=1)
        self._relative_variances = deviations / np.mean(expected**2, axis=1)

    def expected_losses(self, rows: LabelledPredictions) -> ExpectedLosses:
        """Return the losses that the models expect for predictions; actual values are not used."""
        return ExpectedLosses(self._expected(_features(rows)), self._relative_variances)

    def _expected(self, features: FloatArray) -> FloatArray:
        """Return the expected losses of each model, shape (FOLDS, 2, n)."""
        by_model = np.empty((len(self._models), len(features)))
        complete = np.isfinite(features).all(axis=1)
        # A model's prediction is the exponential of the sum of its trees.
        by_model[:, complete] = np.exp(self._forest.predict(features[complete])).T
        if not complete.all():  # the interval width of a prediction without one
            with fitting_threads(int((~complete).sum())):
                for number, model in enumerate(self._models):
                    by_model[number, ~complete] = model.predict(features[~complete])
        return by_model.reshape(FOLDS, 2, len(features))

    def estimate(
        self, losses: ExpectedLosses, margin: float = DEGRADATION_MARGIN
    ) -> EstimatedError:
        """Estimate the error of the rows that ``losses`` belong to.

        With m the mean expected loss, Var = (K - 1) / K sum_k (m_k - m)^2 + v mean(s_i^2) / n, for the
        models' means m_k, the rows' expected losses s_i and their relative variance v; the interval is
        log-normal.
        """
        if len(losses) < MINIMUM_ROWS:
            reason = f"{len(losses)} predictions; at least {MINIMUM_ROWS} are needed."
            return EstimatedError.unknown(reason, len(losses))
        rmse = _root(_mean_loss(losses, SQUARED))
        scale = 1.0 / self._baseline_rmse if self._baseline_rmse > 0 else None
        ratio = None if scale is None else _scaled(rmse, scale)
        return EstimatedError(
            status="ok",
            reason=None,
            rows=len(losses),
            estimated_rmse=rmse,
            estimated_mae=_mean_loss(losses, ABSOLUTE),
            estimated_rmse_ratio=ratio,
            estimated_degraded=None if ratio is None else ratio.lower > 1.0 + margin,
        )


def _features(rows: LabelledPredictions) -> FloatArray:
    return np.column_stack([rows.inputs, rows.predicted, rows.upper - rows.lower])


def _model(seed: int) -> HistGradientBoostingRegressor:
    return HistGradientBoostingRegressor(
        loss="poisson",
        max_iter=60,
        max_leaf_nodes=8,
        min_samples_leaf=40,
        learning_rate=0.08,
        early_stopping=False,
        random_state=seed,
    )


def _mean_loss(losses: ExpectedLosses, kind: int) -> Estimate:
    by_model = losses.by_model[:, kind]
    means = by_model.mean(axis=1)
    mean = float(means.mean())
    of_models = (FOLDS - 1) / FOLDS * float(np.sum((means - mean) ** 2))
    second_moment = float(np.mean(by_model.mean(axis=0) ** 2))
    of_rows = float(losses.relative_variances[kind]) * second_moment / len(losses)
    spread = np.sqrt(of_models + of_rows) / mean if mean > 0 else 0.0
    factor = float(np.exp(stats.norm.ppf((1.0 + CONFIDENCE) / 2) * spread))
    return Estimate(mean, mean / factor, mean * factor)


def _root(squared: Estimate) -> Estimate:
    return Estimate(*(float(np.sqrt(x)) for x in (squared.value, squared.lower, squared.upper)))


def _scaled(figure: Estimate, scale: float) -> Estimate:
    return Estimate(figure.value * scale, figure.lower * scale, figure.upper * scale)
