"""Three rules' verdicts on one window: ours, and two that are in use."""

from dataclasses import dataclass, replace

from backend.drift.report import DriftReport
from backend.drift.thresholds import DriftThresholds
from storage.schema.arrays import FloatArray
from tests.benchmarks.monitoring.windows import Population

RAW_LEVEL = 0.05
OURS = replace(DriftThresholds(), minimum_rows=50)
"""Windows of 100 rows get shorter when a region is dropped, and are judged all the same."""
USUAL_SHARE = 0.2
HALF = 0.5
RULES = ("ours", "usual", "half")
TITLES = {
    "ours": "this product's",
    "usual": "KS p < 0.05 on more than 20 % of the inputs",
    "half": "KS p < 0.05 on half of the inputs",
}


@dataclass(frozen=True)
class Verdicts:
    """Whether each rule calls a window drifted, and what ours said."""

    ours: bool
    usual: bool
    half: bool
    report: DriftReport


def verdicts(population: Population, window: FloatArray) -> Verdicts:
    """Judge a window by all rules; the usual ones see the same p values, uncorrected."""
    report = population.detector.compare(window, population.model.predict(window), OURS)
    scores = report.drift_scores.values()
    p_values = [score.p_value for score in scores if score.p_value is not None]
    share = sum(value < RAW_LEVEL for value in p_values) / len(population.detector.names)
    return Verdicts(
        ours=bool(report.overall_drift),
        usual=share > USUAL_SHARE,
        half=share >= HALF,
        report=report,
    )
