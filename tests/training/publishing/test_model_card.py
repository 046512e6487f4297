"""The card says what was measured, in tables that Markdown understands."""

import dataclasses
import re
from pathlib import Path

import numpy as np
import pytest

from storage.models.store import MODEL_CARD, ModelStore
from storage.settings import Settings
from tests.tracking_store import settings_with_store
from tests.training.conftest import SilentSteps, named_candidates
from training.dataset.table import HousingTable
from training.evaluation.metrics import mae
from training.fitting.outcome import TrainingOutcome
from training.publishing.model_card import model_card
from training.train import TrainedVersion, Training


@pytest.fixture(scope="module")
def settings_of_module(
    tmp_path_factory: pytest.TempPathFactory, empty_tracking_store: Path
) -> Settings:
    return settings_with_store(tmp_path_factory.mktemp("card") / "runtime", empty_tracking_store)


@pytest.fixture(scope="module")
def trained(settings_of_module: Settings, small_table: HousingTable) -> TrainedVersion:
    candidates = named_candidates("linear_regression", "random_forest")
    return Training(settings_of_module, small_table, candidates, SilentSteps()).run()


@pytest.fixture(scope="module")
def outcome(trained: TrainedVersion) -> TrainingOutcome:
    return trained.outcome


def table_below(card: str, heading: str) -> list[list[str]]:
    """Return the body of the first table below a heading, as cells."""
    lines = iter(card.partition(f"{heading}\n")[2].splitlines())
    rows = []
    for line in lines:
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
        elif rows:
            break
    return rows[2:]


def test_it_lies_in_the_version_folder(
    trained: TrainedVersion, settings_of_module: Settings
) -> None:
    stored = ModelStore(settings_of_module.paths).read(trained.manifest.version, MODEL_CARD)
    assert stored.decode() == model_card(trained.outcome)


def test_the_table_of_models_is_what_was_measured(outcome: TrainingOutcome) -> None:
    rows = table_below(model_card(outcome), "## Figures")
    winner = outcome.winner
    assert len(rows) == len(outcome.candidates)
    assert rows[0][:3] == [
        f"**{winner.fitted.label}**",
        f"{winner.fitted.validation.rmse:.4f}",
        f"{winner.test.rmse:.4f}",
    ]


@pytest.mark.parametrize(
    ("heading", "count"),
    [
        ("### By region", 8),
        ("### By income", 4),
        ("### By house age", 6),
    ],
)
def test_the_slices_add_up_to_the_test_part(
    outcome: TrainingOutcome, heading: str, count: int
) -> None:
    rows = table_below(model_card(outcome), heading)
    assert len(rows) == count
    assert sum(int(row[1]) for row in rows) == outcome.row_counts["test"]
    weighted = sum(int(row[1]) * float(row[3]) for row in rows if row[1] != "0")
    assert weighted / outcome.row_counts["test"] == pytest.approx(
        mae(outcome.answers.actual, outcome.answers.predicted), abs=0.001
    )


def test_it_names_the_coverage_that_was_measured(outcome: TrainingOutcome) -> None:
    assert outcome.winner.intervals is not None
    held = f"{outcome.winner.intervals.coverage:.1%}"
    assert f"On the test part {held} were inside" in model_card(outcome)


def test_one_model_is_not_called_several(outcome: TrainingOutcome) -> None:
    assert "2 models were fitted on the training part. Each has" in model_card(outcome)
    one = dataclasses.replace(outcome, candidates=outcome.candidates[:1])
    assert "1 model was fitted on the training part. It has" in model_card(one)


def test_it_says_what_nobody_knows(outcome: TrainingOutcome) -> None:
    card = model_card(outcome)
    assert "No interval extends above 5.00001" in card
    assert "exchangeable" in card
    assert "support score" in card


def test_the_embedded_table_is_recognised_by_its_values(
    outcome: TrainingOutcome, embedded: HousingTable
) -> None:
    assert "A table supplied by the operator, `small table`" in model_card(outcome)
    known = dataclasses.replace(outcome, dataset_sha256=embedded.sha256)
    assert "1990 US Census" in model_card(known)


def test_it_depends_on_the_outcome_alone(outcome: TrainingOutcome) -> None:
    assert model_card(outcome) == model_card(outcome)
    answers = dataclasses.replace(
        outcome.answers, upper=np.full(len(outcome.answers), 5.00001), lower=np.zeros(120)
    )
    assert "100.0% were inside" in model_card(dataclasses.replace(outcome, answers=answers))


def test_every_table_has_as_many_cells_in_each_line(outcome: TrainingOutcome) -> None:
    blocks = re.findall(r"(?:^\|.*\n?)+", model_card(outcome), flags=re.MULTILINE)
    assert len(blocks) == 6
    for block in blocks:
        assert len({line.count("|") for line in block.splitlines()}) == 1


def test_no_line_shows_a_folder_of_this_machine(
    outcome: TrainingOutcome, small_table: HousingTable
) -> None:
    table = HousingTable(small_table.values, "/home/somebody/tables/mine.csv")
    elsewhere = dataclasses.replace(outcome, table=table.learned)
    card = model_card(elsewhere)
    assert "`mine.csv`" in card
    assert "/home/" not in card


def test_repeated_rows_are_said(outcome: TrainingOutcome) -> None:
    assert "repeat" not in model_card(dataclasses.replace(outcome, repeated=0))
    repeated = dataclasses.replace(outcome, repeated=400)
    sentence = (
        "400 rows of the table repeat the block group of another row; such rows are in one part."
    )
    assert f"- {sentence}" in model_card(repeated)
    assert sentence in repeated.repeats()
