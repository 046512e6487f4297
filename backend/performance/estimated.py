"""Estimated error: the expected error of predictions before their actual values are known.

Direct loss estimation (like NannyML's DLE): a model of the loss, fitted on the holdout with what is known at
serving time. It detects that traffic has moved to rows where the model's error is larger; it cannot
detect that values have changed. Only actual values show that. Where rows are unlike the holdout's, it widens.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from sklearn.ensemble import HistGradientBoostingRegressor

from backend.contract.performance import EstimatedError
from backend.performance.familiarity import Familiarity
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
UNFAMILIAR_WIDENING = 0.25
"""Of the logarithm of the error: what the band widens by on each side where no row is like the holdout's; see
``tests/benchmarks/monitoring/new_areas.py``."""
NOTED_UNFAMILIAR, MOST_UNFAMILIAR = 0.1, 0.5
"""Shares of unfamiliar rows above which that is said, and above which nothing is fine; usual is 0.05."""
DOUBLED = 2.0
"""The ratio of errors that must be ruled out before the error counts as not risen."""


@dataclass(frozen=True)
class ExpectedLosses:
    """Absolute and squared error that each model expects for each row.

    Attributes
    ----------
    by_model
        Shape (folds, 2, n); in the target's unit and its square.
    by_width
        Shape (2, n): the losses that the widths of the rows' intervals suggest.
    unfamiliar
        Shape (n,): whether a row is unlike the holdout's.
    relative_variances
        Shape (2,): variance of the actual losses around the expected ones, over the expected ones squared.
    """

    by_model: FloatArray
    by_width: FloatArray
    unfamiliar: NDArray[np.bool_]
    relative_variances: FloatArray

    def only(self, rows: NDArray[np.bool_]) -> "ExpectedLosses":
        """Return the rows where the mask (n,) is true."""
        return ExpectedLosses(
            self.by_model[:, :, rows],
            self.by_width[:, rows],
            self.unfamiliar[rows],
            self.relative_variances,
        )

    @property
    def unfamiliar_share(self) -> float:
        """Share of rows unlike the holdout's, 0 to 1."""
        return float(self.unfamiliar.mean()) if len(self) else 0.0

    def __len__(self) -> int:
        return int(self.by_model.shape[2])


class ErrorEstimator:
    """Models of the loss, fitted on a holdout: five models, each leaving out one of five parts.

    Boosted trees with Poisson deviance give expected losses that are never negative and whose mean is that of
    the holdout. The features are the eight inputs of the served model, its prediction and the width of its
    interval. The part a model leaves out shows how far actual losses vary around the expected ones; the
    spread of the five models gives the uncertainty of the estimate (the delete-a-group jackknife).

    In places that nothing was learned from, trees answer as for the nearest rows they know, while the model's
    intervals widen. So the upper bound is that of the larger of two estimates, the trees' and the one that is
    in proportion to the widths, and both bounds move away with the share of rows unlike the holdout's.

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
        self._familiarity = Familiarity(holdout.inputs, seed)
        widths = _width_losses(holdout)
        known = np.isfinite(widths).all(axis=0)
        scale = widths[:, known].mean(axis=1)
        self._by_width = losses[:, known].mean(axis=1) / np.where(scale > 0, scale, np.inf)
        expected = self._expected(features)[folds, :, np.arange(len(folds))].T
        deviations = np.mean((losses - expected) ** 2, axis=1)
        self._relative_variances = deviations / np.mean(expected**2, axis=1)

    def expected_losses(self, rows: LabelledPredictions) -> ExpectedLosses:
        """Return the losses that the models expect for predictions; actual values are not used."""
        by_model = self._expected(_features(rows))
        by_width = _width_losses(rows) * self._by_width[:, np.newaxis]
        return ExpectedLosses(
            by_model,
            np.where(np.isfinite(by_width), by_width, by_model.mean(axis=0)),
            self._familiarity.unfamiliar(rows.inputs),
            self._relative_variances,
        )

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
        log-normal. It widens by exp(0.25 u) for the share u of unfamiliar rows. Whether the error has risen
        is left open while a doubled error is within the interval, or most rows are unfamiliar.
        """
        if len(losses) < MINIMUM_ROWS:
            reason = f"{len(losses)} predictions; at least {MINIMUM_ROWS} are needed."
            return EstimatedError.unknown(reason, len(losses))
        rmse = _root(_mean_loss(losses, SQUARED))
        scale = 1.0 / self._baseline_rmse if self._baseline_rmse > 0 else None
        ratio = None if scale is None else _scaled(rmse, scale)
        share = losses.unfamiliar_share
        risen = None if ratio is None else _has_risen(ratio, margin, share)
        return EstimatedError(
            status="ok",
            reason=None,
            rows=len(losses),
            estimated_rmse=rmse,
            estimated_mae=_mean_loss(losses, ABSOLUTE),
            estimated_rmse_ratio=ratio,
            estimated_degraded=risen,
            unfamiliar_share=share,
            caution=None if ratio is None else _caution(share, risen),
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


def _width_losses(rows: LabelledPredictions) -> FloatArray:
    """Return the widths and their squares, shape (2, n); losses are in proportion to them."""
    widths = rows.upper - rows.lower
    return np.stack([widths, widths**2])


def _has_risen(ratio: Estimate, margin: float, unfamiliar_share: float) -> bool | None:
    if ratio.lower > 1.0 + margin:
        return True
    may_be_doubled = ratio.upper >= max(DOUBLED, 1.0 + margin)
    return None if may_be_doubled or unfamiliar_share > MOST_UNFAMILIAR else False


def _caution(unfamiliar_share: float, risen: bool | None) -> str | None:
    is_open = " A doubled error cannot be ruled out without actual values." if risen is None else ""
    if unfamiliar_share <= NOTED_UNFAMILIAR:
        return is_open.strip() or None
    return (
        f"{unfamiliar_share:.0%} of these rows are unlike those whose errors are known, so the estimate is "
        f"less certain and its range is wider.{is_open}"
    )


def _mean_loss(losses: ExpectedLosses, kind: int) -> Estimate:
    by_model = losses.by_model[:, kind]
    means = by_model.mean(axis=1)
    mean = float(means.mean())
    of_models = (FOLDS - 1) / FOLDS * float(np.sum((means - mean) ** 2))
    second_moment = float(np.mean(by_model.mean(axis=0) ** 2))
    of_rows = float(losses.relative_variances[kind]) * second_moment / len(losses)
    spread = np.sqrt(of_models + of_rows) / mean if mean > 0 else 0.0
    # A squared error moves by twice the logarithm.
    widening = (1 + kind) * UNFAMILIAR_WIDENING * losses.unfamiliar_share
    factor = float(np.exp(stats.norm.ppf((1.0 + CONFIDENCE) / 2) * spread + widening))
    larger = max(mean, float(losses.by_width[kind].mean()))
    return Estimate(mean, mean / factor, larger * factor)


def _root(squared: Estimate) -> Estimate:
    return Estimate(*(float(np.sqrt(x)) for x in (squared.value, squared.lower, squared.upper)))


def _scaled(figure: Estimate, scale: float) -> Estimate:
    return Estimate(figure.value * scale, figure.lower * scale, figure.upper * scale)
