"""The search: seeded, honest about what was tried, and never worse than the default on validation."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from mlflow import MlflowClient
from mlflow.entities import Run
from sklearn.pipeline import Pipeline

from storage.errors import InvalidInput
from storage.settings import Settings
from tests.settings import changed
from tests.small_worker import with_few_trees
from tests.tracking_store import settings_with_store
from tests.training.conftest import SilentSteps, named_candidates
from training.__main__ import main
from training.dataset.splits import Splits, split
from training.dataset.table import HousingTable
from training.fitting.fit import fit
from training.fitting.search import (
    DEFAULT_SPACE,
    SEARCHED,
    Search,
    Space,
    configured_search,
    parse_space,
)
from training.models.candidates import Candidate
from training.publishing.model_card import model_card
from training.train import TrainedVersion, Training

SMALL_SPACE: Space = {
    "regressor__near__max_iter": [20, 30],
    "regressor__near__learning_rate": [0.06, 0.2],
}
FOREST_SPACE: Space = {"regressor__n_estimators": [1, 20], "regressor__max_depth": [1, 2, None]}


@pytest.fixture(scope="module")
def splits(small_table: HousingTable) -> Splits:
    return split(small_table, seed=0)


def forest() -> Candidate:
    (candidate,) = named_candidates("random_forest")
    return candidate


def neighbour_pipeline() -> Pipeline:
    (candidate,) = named_candidates(SEARCHED)
    return candidate.pipeline


def ignore(step: str) -> None:
    assert step


@pytest.mark.parametrize("trials", [0, 1, 3, 100])
def test_the_default_comes_first_and_nothing_twice(trials: int) -> None:
    search = Search(forest(), FOREST_SPACE, trials, seed=0, threads=1)
    first, *others = search.configurations
    assert first == {"regressor__n_estimators": 100, "regressor__max_depth": None}
    assert len(others) == min(trials, 6)
    assert len({json.dumps(each) for each in search.configurations}) == len(search.configurations)


def test_the_seed_decides_what_is_tried() -> None:
    def drawn(seed: int) -> list[object]:
        (candidate,) = named_candidates(SEARCHED)
        return list(Search(candidate, DEFAULT_SPACE, 5, seed, threads=1).configurations)

    assert drawn(0) == drawn(0)
    assert drawn(0) != drawn(1)


def test_the_best_on_validation_is_chosen(splits: Splits) -> None:
    result = Search(forest(), FOREST_SPACE, 6, seed=0, threads=1).fit(
        splits.train, splits.validation, ignore
    )
    errors = [trial.validation.rmse for trial in result.trials]
    assert [trial.number for trial in result.trials] == list(range(1, 8))
    assert result.best.validation.rmse == min(errors)
    assert result.best.validation.rmse <= errors[0]
    assert len(set(errors)) > 1


def test_a_space_without_anything_better_leaves_the_default(splits: Splits) -> None:
    worse: Space = {"regressor__max_depth": [1]}
    result = Search(forest(), worse, 3, seed=0, threads=1).fit(
        splits.train, splits.validation, ignore
    )
    assert len(result.trials) == 2
    assert result.best.pipeline["regressor"].max_depth is None


def test_a_trial_is_what_fitting_it_by_itself_gives(splits: Splits) -> None:
    (candidate,) = named_candidates(SEARCHED)
    candidate.pipeline.set_params(regressor__near__max_iter=20, regressor__far__max_iter=20)
    result = Search(candidate, {}, 0, seed=0, threads=1).fit(
        splits.train, splits.validation, ignore
    )
    alone = fit(candidate, splits.train, splits.validation, threads=1)
    inputs = splits.validation.inputs
    assert np.array_equal(result.best.pipeline.predict(inputs), alone.pipeline.predict(inputs))
    assert result.best.validation == result.trials[0].validation == alone.validation


def test_features_are_fitted_anew_only_where_they_differ(
    splits: Splits, count_calls: Callable[[str], list[int]]
) -> None:
    (candidate,) = named_candidates("linear_regression")
    calls = count_calls("training.fitting.search._fit_features")
    space: Space = {
        "preprocessing__validate": [True, False],
        "regressor__fit_intercept": [True, False],
    }
    result = Search(candidate, space, 3, seed=0, threads=1).fit(
        splits.train, splits.validation, ignore
    )
    assert len(result.trials) == 4
    assert len(calls) == 2


@pytest.fixture
def count_calls(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], list[int]]:
    """Return a function that has a function's calls counted in the list it returns."""

    def count(path: str) -> list[int]:
        module, _, name = path.rpartition(".")
        original = getattr(__import__(module, fromlist=[name]), name)
        calls: list[int] = []

        def counted(*arguments: object) -> object:
            calls.append(1)
            return original(*arguments)

        monkeypatch.setattr(path, counted)
        return calls

    return count


@pytest.mark.parametrize(
    ("space", "reason"),
    [
        ("{", "it must be a JSON object of parameter names, each with a list of values"),
        ("[1, 2]", "it must be a JSON object"),
        ('{"regressor__near__max_iter": 5}', "it must be a JSON object"),
        ('{"regressor__near__depth": [5]}', "regressor__near__depth is not a parameter of"),
        ('{"regressor__near": [5]}', "regressor__near is not a parameter of"),
        ('{"regressor__near__max_iter": []}', "regressor__near__max_iter has no values"),
        ('{"regressor__near__max_iter": [100, -5]}', "The 'max_iter' parameter of Boosted"),
    ],
)
def test_a_wrong_space_is_one_sentence(space: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_space(space, neighbour_pipeline())
    message = str(refused.value)
    assert message.startswith("The setting HOUSING_SEARCH_SPACE cannot be used: ")
    assert reason in message
    assert "\n" not in message


def test_a_value_that_only_fitting_refuses_is_one_sentence_too(splits: Splits) -> None:
    wrong: Space = {"regressor__fit_intercept": [True], "preprocessing__validate": ["perhaps"]}
    (candidate,) = named_candidates("linear_regression")
    search = Search(candidate, wrong, 1, seed=0, threads=1)
    with pytest.raises(InvalidInput, match=r"^The setting HOUSING_SEARCH_SPACE cannot be used: "):
        search.fit(splits.train, splits.validation, ignore)


def test_the_command_line_refuses_a_wrong_space_before_it_fits(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOUSING_RUNTIME_DIRECTORY", str(tmp_path))
    monkeypatch.setenv("HOUSING_SEARCH_SPACE", '{"regressor__near__depth": [5]}')
    assert main(()) == 2
    shown = capsys.readouterr()
    assert shown.err.startswith("The setting HOUSING_SEARCH_SPACE cannot be used: ")
    assert shown.err.count("\n") == 1
    assert "Fitting" not in shown.out


def test_the_default_space_fits_the_pipeline() -> None:
    text = json.dumps(DEFAULT_SPACE)
    assert parse_space(text, neighbour_pipeline()) == DEFAULT_SPACE
    assert parse_space("", neighbour_pipeline()) == DEFAULT_SPACE


def test_without_trials_or_without_its_candidate_there_is_no_search(settings: Settings) -> None:
    none = changed(settings, search_trials=0)
    assert configured_search(none, named_candidates(SEARCHED)) is None
    assert configured_search(settings, named_candidates("linear_regression")) is None


@pytest.fixture(scope="module")
def display() -> SilentSteps:
    return SilentSteps()


@pytest.fixture(scope="module")
def searching(tmp_path_factory: pytest.TempPathFactory, empty_tracking_store: Path) -> Settings:
    runtime = tmp_path_factory.mktemp("search") / "runtime"
    settings = settings_with_store(runtime, empty_tracking_store)
    return changed(
        settings, search_trials=2, search_space=json.dumps(SMALL_SPACE), training_threads=1
    )


@pytest.fixture(scope="module")
def trained(searching: Settings, small_table: HousingTable, display: SilentSteps) -> TrainedVersion:
    line, searched = named_candidates("linear_regression", SEARCHED)
    candidates = (line, with_few_trees(searched))
    return Training(searching, small_table, candidates, display).run()


@pytest.fixture(scope="module")
def children(searching: Settings, trained: TrainedVersion) -> list[Run]:
    client = MlflowClient(searching.tracking_uri)
    own = client.get_run(str(trained.manifest.mlflow_run_id))
    parent = own.data.tags["mlflow.parentRunId"]
    parameters = client.get_run(parent).data.params
    assert parameters["search_trials"] == "2"
    assert json.loads(parameters["search_space"]) == SMALL_SPACE
    return list(
        client.search_runs([own.info.experiment_id], f"tags.`mlflow.parentRunId` = '{parent}'")
    )


def test_a_training_counts_its_trials(trained: TrainedVersion, display: SilentSteps) -> None:
    titles = [step for step, _, _ in display.steps]
    assert titles[1:4] == [f"Fitting neighbour boosting, trial {n} of 3" for n in (1, 2, 3)]
    assert [number for _, number, _ in display.steps] == list(range(1, 13))
    assert {total for _, _, total in display.steps} == {12}
    assert len(trained.outcome.trials) == 3


def test_every_trial_is_a_run_below_the_trainings(
    trained: TrainedVersion, children: list[Run]
) -> None:
    by_name = {run.info.run_name: run for run in children}
    names = [f"{SEARCHED} trial {number}" for number in (1, 2, 3)]
    assert set(by_name) == {"linear_regression", SEARCHED, *names}
    for name, trial in zip(names, trained.outcome.trials, strict=True):
        data = by_name[name].data
        assert data.params == {key: str(value) for key, value in trial.parameters.items()}
        assert data.metrics["validation_rmse"] == pytest.approx(trial.validation.rmse)


def test_the_model_card_says_what_was_tried(trained: TrainedVersion) -> None:
    card, trials = model_card(trained.outcome), trained.outcome.trials
    best = min(trials, key=lambda trial: trial.validation.rmse)
    assert "3 configurations were tried" in card
    assert f"Number {best.number} did best" in card
    for name, value in best.parameters.items():
        assert f"   - `{name}`: {value}\n" in card
