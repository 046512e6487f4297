"""The model card: what a person should know about a version before trusting it, as Markdown.

After Mitchell et al. 2019, Model Cards for Model Reporting: data, protocol, figures, segments, limits.
"""

from collections.abc import Iterable, Sequence
from math import isfinite

import numpy as np

from storage.domain.inputs import FEATURES
from storage.domain.place import HAS_PLACE
from storage.domain.slices import SLICE_LABELS
from storage.domain.subject import ABOUT, CARD, MODEL_NAME, SUBJECT, SUBJECTS, TITLE
from storage.domain.target import CAPPED_FROM, DISPLAY, TARGET_CAP, TARGET_UNIT
from storage.domain.written import figure, written_exactly
from storage.schema.gate_check import GateCheck
from training.dataset.embedded import provenance_of
from training.evaluation.slices import Slice, slices_of
from training.fitting.fit import MeasuredCandidate
from training.fitting.outcome import TrainingOutcome, split_in_words


def model_card(outcome: TrainingOutcome) -> str:
    """Return the model card of the version that a training produces. It depends only on ``outcome``."""
    sections = (_head, _data, _protocol, _figures, _checks, _slices, _intervals, _limits, _use)
    return "\n\n".join(section(outcome) for section in sections) + "\n"


def _head(outcome: TrainingOutcome) -> str:
    test, answers, coverage = outcome.winner.test, outcome.answers, outcome.intervals.coverage
    return f"""# {outcome.winner.fitted.label}, version {outcome.version}

{TITLE}: {ABOUT} from {len(FEATURES)} inputs, with an interval that should hold the recorded value
{coverage:.0%} of the time.

On {len(answers):,} {SUBJECTS} that it had never seen, its mean absolute error was {written_exactly(test.mae)}
(RMSE {written_exactly(test.rmse)}), and it explained {test.r2_score:.1%} of the variance. Trained on
{outcome.trained_at:%d %B %Y at %H:%M} UTC.

{CARD.use}"""


def _data(outcome: TrainingOutcome) -> str:
    rows = ", ".join(f"{count:,} for {part}" for part, count in outcome.row_counts.items())
    inputs = _table(("input", "meaning", "unit"), [(f.name, f.label, f.unit) for f in FEATURES])
    return f"""## Data

{_origin(outcome)}

- Rows: {sum(outcome.row_counts.values()):,}, of which {rows}.{_remarks(outcome)}
- Checksum of the values (SHA-256): `{outcome.dataset_sha256}`.{_labelled(outcome)}
- Target: {DISPLAY.label.lower()} in {TARGET_UNIT}{_cap_of_target(outcome)}

{inputs}"""


def _remarks(outcome: TrainingOutcome) -> str:
    return "".join(f"\n- {remark}" for remark in outcome.remarks())


def _labelled(outcome: TrainingOutcome) -> str:
    if outcome.labelled is None:
        return ""
    weight = f" Each weighs {outcome.labelled.weight:g}." if outcome.labelled.used else ""
    return f"""
- Labelled predictions: {outcome.labelled.sentence()}.{weight} No {SUBJECT} of test or
  validation was used. Checksum of the training rows: `{outcome.training_sha256}`."""


def _origin(outcome: TrainingOutcome) -> str:
    provenance = provenance_of(outcome.dataset_sha256)
    if provenance is None:
        return f"A table supplied by the operator, `{outcome.table.name}`; its origin is not recorded here."
    return f"The table that comes with the repository. {provenance.origin} {provenance.license}."


def _protocol(outcome: TrainingOutcome) -> str:
    return f"""## Protocol

1. {_dealt(outcome)}
2. {_fitted(outcome)} {_search(outcome)}
3. The model with the lowest RMSE on the validation part won. Validation also calibrated the
   intervals.{_again(outcome)}
4. After that, the test part was opened once; no candidate was chosen by it. The promotion gate does use it:
   on the test part, a retrained version has to do better than the champion.{_neighbours(outcome)}"""


def _fitted(outcome: TrainingOutcome) -> str:
    number = len(outcome.candidates)
    return f"{number} model{' was' if number == 1 else 's were'} fitted on the training part."


def _again(outcome: TrainingOutcome) -> str:
    if not outcome.learned_again:
        return ""
    return """
   Then it was fitted again, with the same settings, on training and validation rows. That fit serves, and
   the test figures are its own; validation figures belong to the fit before. The other models were fitted
   once."""


def _dealt(outcome: TrainingOutcome) -> str:
    if outcome.split.kind == "time":
        return f"The rows were dealt to the parts by their times. {split_in_words(outcome.split)}"
    return (
        f"The {SUBJECTS} were split at random (seed {outcome.seed}) into training, validation and test, each "
        "with all\n   its rows."
    )


def _neighbours(outcome: TrainingOutcome) -> str:
    if not HAS_PLACE or outcome.split.kind == "time":
        return ""
    return f"""

After a random split, all {SUBJECTS} of the test part have others of the training part nearby. The
figures apply to places with neighbours in the training data, not to a region without any."""


def _search(outcome: TrainingOutcome) -> str:
    if len(outcome.trials) < 2:
        each = "It" if len(outcome.candidates) == 1 else "Each"
        return f"{each} has one configuration, fixed in advance."
    default = outcome.trials[0]
    best = min(outcome.trials, key=lambda trial: trial.validation.rmse)
    values = [f"   - `{name}`: {value}" for name, value in sorted(best.parameters.items())]
    found = (
        f"For neighbour boosting,\n   {len(outcome.trials)} configurations were tried: the default and "
        f"others drawn at random. Number {best.number} did best on\n   validation "
        f"(RMSE {figure(best.validation.rmse)}; the default {figure(default.validation.rmse)}):"
    )
    return "\n".join([found, *values])


def _figures(outcome: TrainingOutcome) -> str:
    headings = ("model", "validation RMSE", "test RMSE", "test MAE", "test R2", "fit (s)")
    ranked = sorted(outcome.candidates, key=lambda each: each.fitted.validation.rmse)
    rows = [_figures_row(each, each is outcome.winner) for each in ranked]
    return f"""## Figures

RMSE and MAE in {TARGET_UNIT}; the winner in bold.

{_table(headings, rows)}"""


def _figures_row(measured: MeasuredCandidate, is_winner: bool) -> tuple[str, ...]:
    label = measured.fitted.label
    return (
        f"**{label}**" if is_winner else label,
        figure(measured.fitted.validation.rmse),
        figure(measured.test.rmse),
        figure(measured.test.mae),
        f"{measured.test.r2_score:.4f}",
        f"{measured.fitted.fit_seconds:.1f}",
    )


def _checks(outcome: TrainingOutcome) -> str:
    rows = [(check.name, _verdict(check), check.sentence) for check in outcome.checks]
    return f"""## Checks of the model itself

The promotion gate's, made at the end of the training. Where one is not passed, only a person can make this
version the champion.

{_table(("check", "verdict", "figures"), rows)}"""


def _verdict(check: GateCheck) -> str:
    return "passed" if check.passed else "**not passed**"


def _slices(outcome: TrainingOutcome) -> str:
    coverage = outcome.intervals.coverage
    return f"""## Figures by segment

All on the test part, in {TARGET_UNIT}. Bias is the mean of predicted minus actual: above zero, predictions
are too high. Coverage is the share of values inside their intervals; the target is {coverage:.0%}.
The figures of segments with few rows are uncertain.

{_all_segments(outcome)}"""


def _all_segments(outcome: TrainingOutcome) -> str:
    kinds = slices_of(outcome.answers).items()
    tables = [
        f"### By {SLICE_LABELS[kind].lower()}\n\n{_slice_table(kind, one)}" for kind, one in kinds
    ]
    return "\n\n".join(tables) or "The table's definition names no segments."


def _slice_table(heading: str, slices: Sequence[Slice]) -> str:
    headings = (heading, "rows", "RMSE", "MAE", "bias", "coverage", "mean width")
    return _table(headings, [_slice_row(each) for each in slices])


def _slice_row(each: Slice) -> tuple[str, ...]:
    if each.figures is None:
        return (each.name, "0", *["–"] * 5)
    return (
        each.name,
        f"{each.rows:,}",
        figure(each.figures.rmse, 3),
        figure(each.figures.mae, 3),
        figure(each.figures.bias, 3, sign="+"),
        f"{each.figures.interval_coverage:.1%}",
        figure(each.figures.mean_width, 3),
    )


def _intervals(outcome: TrainingOutcome) -> str:
    answers, coverage = outcome.answers, outcome.intervals.coverage
    held = np.mean(answers.is_held)
    width = float(np.mean(answers.upper - answers.lower))
    return f"""## Intervals

Split conformal prediction, scaled by difficulty: a second model learned how large the first one's error tends
to be, and the validation part determined the factor to multiply that by, so that {coverage:.0%} of its values
were inside. On the test part {held:.1%} were inside, at a mean width of {written_exactly(width)}.

What the intervals do not promise:

- They hold on average over {SUBJECTS} like those of the table (exchangeable with them), not for each one
  individually, and not after the inputs or what follows from them have changed.
- They are not reliable far from the training rows. There the support score is near 0.
- Validation chose the winner as well, so the guarantee is not strict; the coverage above was
  measured.{_cap_of_intervals()}"""


def _limits(outcome: TrainingOutcome) -> str:
    own = [*_censored(), *(f"- **{one.name}.** {one.text}" for one in CARD.limits)]
    of_every_model = f"""- **Where the figures hold.** They describe {SUBJECTS} drawn at \
random like those
  of the table, independently of each other, on one split. For other {SUBJECTS}, or after things have
  changed, only actual values tell.
- **Extrapolation.** Inputs outside the training data still get a prediction, with \
`warnings` that name the
  percentile they exceed, and a `support` score from 0 (farther than any training row is from the
  others) to 1. Below about 0.05, treat a prediction as a guess.
- **Correlation, not causes.** {_uses_neighbours()}A prediction that changes with an input does not mean that
  changing it in reality would change the {DISPLAY.label.lower()}."""
    return "\n".join(["## Limits", "", *own, of_every_model])


def _censored() -> list[str]:
    if not isfinite(TARGET_CAP):
        return []
    return [
        f"- **Censored.** Values above {written_exactly(CAPPED_FROM)} were recorded as {TARGET_CAP}. No "
        "prediction is higher, and what lies above is underestimated by an unknown amount."
    ]


def _cap_of_target(outcome: TrainingOutcome) -> str:
    if not isfinite(TARGET_CAP):
        return "."
    share = float(np.mean(outcome.answers.actual >= CAPPED_FROM))
    return (
        f", **capped at {TARGET_CAP}**. Of the test rows,\n  {share:.1%} are at the cap: their true value is "
        "that or more, but was not recorded."
    )


def _cap_of_intervals() -> str:
    if not isfinite(TARGET_CAP):
        return ""
    return f'\n- **No interval extends above {TARGET_CAP}.** An upper bound there means "this or more".'


def _uses_neighbours() -> str:
    return "The model may use the recorded values of neighbouring rows. " if HAS_PLACE else ""


def _use(outcome: TrainingOutcome) -> str:
    return f"""## How to load it

From this folder, checked against its manifest before it is unpickled:

```python
from storage.models.store import ModelStore
from storage.settings import Settings

ModelStore(Settings().paths).load("{outcome.version}").predict(inputs)
```

`inputs` are float64 of shape (n, {len(FEATURES)}), in the order of the table above; the answers are in
{TARGET_UNIT}.

As an MLflow model made from the same checked files, from the repository with its environment active:

```sh
python -m training.mlflow_export /tmp/model --of {outcome.version}
mlflow models serve -m /tmp/model --env-manager local -p 5002
```

MLflow itself loads `models:/{MODEL_NAME}@champion` without a check.

With intervals, warnings, support and explanations: `POST /predict` of the service."""


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
