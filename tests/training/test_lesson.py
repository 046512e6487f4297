"""What a retraining learns: from the champion's table, and nothing that the champion has learned."""

from datetime import datetime, timedelta

import pytest

from storage.models.store import MODEL
from storage.models.tables import KeptTables
from storage.schema.records import utc_now
from storage.schema.triggers import TrainingPlan
from storage.settings import Settings
from tests.settings import changed
from tests.training.bench import PATIENT, Bench, forest
from tests.training.conftest import named_candidates
from tests.versions import overwrite
from training.dataset.splits import Part, split
from training.dataset.table import HousingTable
from training.fitting.lesson import lesson_of
from training.fitting.search import configured_search
from training.models.candidates import all_candidates, select
from training.promotion.shadow import newest_challenger
from training.worker import RetrainingWorker


@pytest.fixture
def bench(settings: Settings, small_table: HousingTable) -> Bench:
    return Bench(changed(settings, **PATIENT), small_table)


def test_a_retraining_learns_from_the_table_of_the_champion(
    bench: Bench, embedded: HousingTable
) -> None:
    first = bench.retrain()["version"]
    own = bench.table
    bench.table = embedded  # what a worker begins with when there is no champion
    again = bench.store.manifest(str(bench.retrain(force=True)["version"]))
    assert (again.dataset_sha256, again.table) == (own.sha256, own.learned)
    assert sum(path.is_file() for path in bench.settings.paths.tables.iterdir()) == 1
    KeptTables(bench.settings.paths).path(own.sha256).unlink()
    trigger_id = bench.submit()
    closed = bench.worker().run_once(utc_now())
    assert closed is not None
    assert closed.status == "failed"
    assert closed.trigger_id == trigger_id
    assert closed.result is not None
    assert (
        f"The table that version {first} learned from (small table, 600 rows"
        in closed.result["error"]
    )
    assert bench.store.champion().version == first


def test_nothing_new_is_said_before_the_training(bench: Bench) -> None:
    first = bench.retrain(forest("good"))["version"]
    told = bench.retrain(forest("good"), source="drift")
    assert "version" not in told
    assert (told["promoted"], told["previous_champion"]) == (False, first)
    assert told["reason"].startswith(
        f"nothing new to learn: champion {first} was trained on the same"
    )
    assert "on the base table only, because at least" in told["reason"]
    assert "only 0 of 0 can be learned from" in told["reason"]
    assert [step["stage"] for step in told["steps"]] == ["claimed", "loading"]
    assert len(bench.store.versions()) == 1
    forced = bench.retrain(forest("good"), force=True)
    assert forced["reason"] == f"identical to champion {first}: the same answers and intervals"
    assert forced["identical_to"] == first
    assert newest_challenger(bench.store) is None, "it would only repeat the champion's answers"
    lessons = {one.version: one.lesson_sha256 for one in bench.store.versions()}
    assert lessons[first] == lessons[forced["version"]]


def test_a_champion_that_cannot_be_loaded_is_trained_again(bench: Bench) -> None:
    first = bench.retrain()["version"]
    overwrite(bench.store.folder(str(first)) / MODEL, b"no model")
    assert bench.retrain()["promoted"] is True


def test_the_lesson_is_all_that_decides_what_is_learned(
    settings: Settings, small_table: HousingTable
) -> None:
    train, sha256, both = split(small_table, 0).train, small_table.sha256, named_candidates
    plain = lesson_of(sha256, train, both("random_forest"), None, 0)
    others = [
        lesson_of("0" * 64, train, both("random_forest"), None, 0),
        lesson_of(sha256, Part(train.inputs, train.targets + 0.1), both("random_forest"), None, 0),
        lesson_of(sha256, train, both("random_forest", "linear_regression"), None, 0),
        lesson_of(sha256, train, (forest("bad"),), None, 0),
        lesson_of(sha256, train, both("random_forest"), None, 1),
        lesson_of(sha256, train, both("neighbour_boosting"), None, 0),
        lesson_of(
            sha256,
            train,
            both("neighbour_boosting"),
            configured_search(changed(settings, search_trials=1), both("neighbour_boosting")),
            0,
        ),
    ]
    assert len({plain, *others}) == 8
    (patient,) = select(all_candidates(seed=0, threads=7), ["random_forest"])
    assert lesson_of(sha256, train, [patient], None, 0) == plain


def test_a_plan_decides_what_one_retraining_does_and_is_recorded(bench: Bench) -> None:
    first = str(bench.retrain()["version"])
    assert bench.store.manifest(first).plan is None
    plan = TrainingPlan(candidates=("linear_regression",), labelled_weight=2.0, labelled_days=7.0)
    bench.submit(plan=plan)
    both = (forest("good"), *named_candidates("linear_regression"))
    worker = RetrainingWorker(bench.settings, lambda: bench.table, both)
    assert worker.run_once(utc_now()) is not None
    (made,) = (one for one in bench.store.versions() if one.version != first)
    assert (made.model_name, made.candidates) == ("linear_regression", ["linear_regression"])
    assert (made.plan, made.parent) == (plan, first)
    assert made.labelled is not None
    assert made.labelled["weight"] == 2.0
    since, until = (datetime.fromisoformat(made.labelled[name]) for name in ("since", "until"))
    assert until - since == timedelta(days=7)
    bench.submit(plan=TrainingPlan(candidates=("nobody",)))
    closed = worker.run_once(utc_now())
    assert closed is not None
    assert closed.status == "failed"
    assert "There is no candidate nobody" in str(closed.result)
