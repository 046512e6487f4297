"""The Retrain page: the checks in words, asking, following, cancelling, and what came of earlier ones."""

from datetime import timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from backend.client import HousingClient
from dashboard.wording.foreign import plain
from storage.retraining.files import LOG
from storage.retraining.queue import RetrainQueue
from storage.schema.records import utc_now
from storage.schema.triggers import HeartBeat, MlflowRun, TrainingPlan
from tests.dashboard.conftest import OPERATOR_KEY, OpenPage, Service, sentences
from tests.districts import unseen_districts

STAGES = ("claimed", "loading", "training", "gate")
CHECKS = [
    {"name": "promised coverage", "passed": True, "required": True, "sentence": "90% held 91%"},
    {"name": "latency", "passed": False, "required": True, "sentence": "it takes 2,000 us"},
]
REFUSED: dict[str, Any] = {
    "version": "20261126T000000Z-abc",
    "promoted": False,
    "reason": "one prediction takes 2,000 us",
    "decision": {
        "promote": False,
        "branch": None,
        "source": "manual",
        "champion_version": None,
        "checks": CHECKS,
        "decided_by": ["latency"],
        "reason": "it takes 2,000 us",
    },
    "mlflow": {"experiment_id": "1", "run_id": "feed"},
    "steps": [{"stage": stage, "step": "x", "seconds": 1.0} for stage in STAGES],
}


def test_before_the_first_one_the_page_says_what_will_be_there(
    open_page: OpenPage, service: Service
) -> None:
    page = open_page("retrain", service)
    assert not sentences(page)
    text = _text(page)
    assert "No retraining is queued or running." in text
    assert "No reason to retrain" in text
    assert "No finished retrainings yet." in text
    checks = _checks(page)
    assert list(checks) == ["Drift", "Error", "Labels", "Age", "Cooldown", "Queue"]
    assert "0 predictions; at least 100 are needed." in checks["Drift"]
    assert "No automatic retraining yet." in checks["Cooldown"]
    assert not any("badge" in words for words in checks.values())


def test_what_the_next_one_learns_is_said_before_the_button(
    open_page: OpenPage, service: Service
) -> None:
    page = open_page("retrain", service)
    assert "**Usable for learning: 0 of 0** labelled predictions" in _text(page)


def test_what_one_retraining_does_otherwise_is_counted_asked_for_and_shown(
    open_page: OpenPage, operated_service: Service
) -> None:
    page = open_page("retrain", operated_service, dashboard_key=OPERATOR_KEY)
    page.number_input(key="retrain_days").set_value(7.0)
    page.number_input(key="retrain_weight").set_value(2.0).run()
    assert any("predictions of the last 7 days" in one.value for one in page.caption)
    page.text_area(key="retrain_reason").set_value("Prices moved.")
    page.button(key="retrain_ask").click().run()
    assert "Otherwise than usual: labelled predictions of 7 days; each weighs 2." in _text(page)
    page.text_input(key="retrain_person").set_value("Ada")
    page.button(key="retrain_confirm").click().run()
    assert not sentences(page)
    (trigger,) = _queue(operated_service).newest(1)
    assert trigger.trigger.plan == TrainingPlan(labelled_days=7.0, labelled_weight=2.0)
    assert trigger.trigger.person == "Ada"
    assert any("Requested by Ada" in one.value for one in page.caption)


def test_drift_is_a_cause_proposes_the_reason_and_is_named_in_the_request(
    open_page: OpenPage, operated_service: Service
) -> None:
    address = operated_service.settings.addresses.backend_url
    with HousingClient(address, timeout_seconds=60) as client:
        client.predict_batch(unseen_districts(600, income_factor=1.5))
    operated_service.store_records()
    page = open_page("retrain", operated_service, dashboard_key=OPERATOR_KEY)
    assert "Retraining is suggested" in _text(page)
    assert "Supports retraining]" in _checks(page)["Drift"]
    assert "1 of 8 inputs drifted" in _checks(page)["Drift"]
    assert "Median income" in str(page.text_area(key="retrain_reason").value)
    page.button(key="retrain_ask").click().run()
    page.button(key="retrain_confirm").click().run()
    queue = _queue(operated_service)
    (trigger_id,) = queue.pending()
    trigger = queue.find(trigger_id).trigger
    assert (trigger.source, trigger.force) == ("drift", False)


def test_a_retraining_is_asked_for_confirmed_and_followed(
    open_page: OpenPage, operated_service: Service
) -> None:
    page = open_page("retrain", operated_service, dashboard_key=OPERATOR_KEY)
    page.button(key="retrain_ask").click().run()
    assert "Enter a reason" in page.warning[0].value
    page.text_area(key="retrain_reason").set_value("Incomes rose.").run()
    page.button(key="retrain_ask").click().run()
    assert "The checks found no reason to retrain." in _text(page)
    queue = _queue(operated_service)
    assert queue.pending() == [], "not before it is confirmed"
    page.checkbox(key="retrain_force").set_value(True).run()
    page.button(key="retrain_confirm").click().run()
    assert not sentences(page)
    (trigger_id,) = queue.pending()
    trigger = queue.find(trigger_id).trigger
    assert (trigger.reason, trigger.source, trigger.force) == ("Incomes rose.", "manual", True)
    text = _text(page)
    assert f"Queued] :small[:gray[{trigger_id}]]" in text
    assert ":gray-badge[Training]" in text
    assert "0 running, 1 queued" in _checks(page)["Queue"]
    assert page.text_area(key="retrain_reason").value == ""


def test_without_the_right_it_is_refused_in_the_words_of_the_service(
    open_page: OpenPage, operated_service: Service
) -> None:
    page = open_page("retrain", operated_service)
    page.text_area(key="retrain_reason").set_value("Incomes rose.").run()
    page.button(key="retrain_ask").click().run()
    page.button(key="retrain_confirm").click().run()
    (sentence,) = sentences(page)
    assert "operator" in sentence
    assert _queue(operated_service).pending() == []


def test_what_runs_is_shown_with_stage_progress_time_log_and_run(
    open_page: OpenPage, service: Service
) -> None:
    queue = _queue(service)
    queue.submit("Incomes rose.", "operator")
    next_one = queue.submit("And again.", "operator").trigger_id
    claim = queue.claim()
    assert claim is not None
    run = MlflowRun(experiment_id="1", run_id="feed")
    beat = HeartBeat(
        stage="training", step="Fitting ridge", number=2, total=5, progress=0.25, mlflow=run
    )
    claim.beat(beat)
    queue.files.path(claim.trigger.trigger_id, LOG).write_text("first line\nlast line\n")
    page = open_page("retrain", service)
    assert not sentences(page)
    text = _text(page)
    assert ":green-badge[:material/check: Loading]" in text
    assert ":blue-badge[:material/play_arrow: Training 2 of 5]" in text
    assert ":gray-badge[Publishing]" in text
    (progress,) = page.get("progress")
    assert progress.proto.value == 25
    assert "Fitting ridge" in progress.proto.text
    assert "elapsed, about" in progress.proto.text
    assert " left, " in progress.proto.text
    assert page.code[0].value == "last line\nfirst line"
    assert page.text[0].value == "Incomes rose."
    (link,) = page.get("link_button")
    assert link.proto.url.endswith("/#/experiments/1/runs/feed")
    assert any("1 more queued" in caption.value for caption in page.caption)
    queue.cancel(next_one, "once is enough", "operator")
    claim.finish(REFUSED, succeeded=True)
    page.run()
    assert "Not promoted" in _text(page)
    assert "One prediction takes 2,000 us." in _text(page)


def test_a_worker_that_is_silent_is_told_of(open_page: OpenPage, service: Service) -> None:
    queue = _queue(service)
    queue.submit("test", "tests")
    claim = queue.claim()
    assert claim is not None
    long_ago = utc_now() - timedelta(minutes=5)
    claim.beat(HeartBeat(at=long_ago, stage="loading", step="Loading", progress=0.0))
    page = open_page("retrain", service)
    assert any("No word from the worker since" in warning.value for warning in page.warning)


def test_one_that_waits_is_cancelled_with_a_reason(
    open_page: OpenPage, operated_service: Service
) -> None:
    queue = _queue(operated_service)
    trigger_id = queue.submit("test", "tests").trigger_id
    page = open_page("retrain", operated_service, dashboard_key=OPERATOR_KEY)
    page.button(key="retrain_cancel").click().run()
    assert page.button(key="retrain_cancel_confirm").disabled
    page.text_area(key="retrain_cancel_reason").set_value("The labels are wrong.").run()
    assert queue.find(trigger_id).state == "pending", "not before it is confirmed"
    page.button(key="retrain_cancel_confirm").click().run()
    assert not sentences(page)
    assert queue.find(trigger_id).state == "cancelled"
    page.run()
    assert plain("Cancelled by operator: The labels are wrong.") in _text(page)
    page.button(key="retrain_close").click().run()
    assert "No retraining is queued or running." in _text(page)


def test_one_that_runs_is_said_to_be_stopping(open_page: OpenPage, service: Service) -> None:
    queue = _queue(service)
    trigger_id = queue.submit("test", "tests").trigger_id
    claim = queue.claim()
    queue.cancel(trigger_id, "a mistake", "operator")
    page = open_page("retrain", service)
    assert "it stops after this step" in page.warning[0].value
    assert page.button(key="retrain_cancel").disabled
    assert claim is not None


def test_a_refusal_to_cancel_stays_in_the_dialog(open_page: OpenPage, service: Service) -> None:
    _queue(service).submit("test", "tests")
    page = open_page("retrain", service)
    page.button(key="retrain_cancel").click().run()
    page.text_area(key="retrain_cancel_reason").set_value("why not").run()
    page.button(key="retrain_cancel_confirm").click().run()
    (sentence,) = sentences(page)
    assert "operator" in sentence


def test_history_tells_what_came_of_each_and_why(open_page: OpenPage, service: Service) -> None:
    queue = _queue(service)
    outcomes: list[tuple[dict[str, Any], bool]] = [
        (REFUSED | {"promoted": True, "reason": "RMSE is lower by 3%"}, True),
        (REFUSED, True),
        ({"error": "The table is empty."}, False),
        ({"promoted": False, "reason": "nothing new to learn"}, True),
        (REFUSED | {"identical_to": "v1", "reason": "identical to champion v1"}, True),
    ]
    for result, succeeded in outcomes:
        queue.submit("test", "tests")
        claim = queue.claim()
        assert claim is not None
        claim.finish(result, succeeded=succeeded)
    table = open_page("retrain", service).dataframe[0].value
    outcomes_told = ["Identical", "Nothing new", "Failed", "Not promoted", "Promoted"]
    assert list(table["outcome"]) == outcomes_told
    assert list(table["verdict"]) == [
        "Identical to champion v1.",
        "Nothing new to learn.",
        "The table is empty.",
        "One prediction takes 2,000 us.",
        "RMSE is lower by 3%.",
    ]
    assert table["version"].iloc[3] == REFUSED["version"]
    assert str(table["mlflow"].iloc[3]).endswith("/runs/feed")


def test_without_the_service_one_sentence_then_everything_when_it_is_back(
    open_page: OpenPage, service: Service
) -> None:
    service.stop()
    page = open_page("retrain", service)
    assert len(sentences(page)) == 1
    service.start()
    page.run()
    assert not sentences(page)
    assert "No retraining is queued or running." in _text(page)


def test_without_a_model_it_can_still_be_asked_for(
    open_page: OpenPage, service_without_model: Service
) -> None:
    page = open_page("retrain", service_without_model)
    assert len(sentences(page)) == 1
    assert any("Retraining checks unavailable" in each.value for each in page.caption)
    assert page.button(key="retrain_ask")


@pytest.mark.parametrize("key", ["", "see"])
def test_a_key_that_is_missing_or_too_low_is_said(
    open_page: OpenPage, guarded_service: Service, key: str
) -> None:
    page = open_page("retrain", guarded_service, dashboard_key=key)
    found = sentences(page)
    assert bool(found) == (key == "")
    assert all("key" in sentence for sentence in found)


def _queue(service: Service) -> RetrainQueue:
    return RetrainQueue(service.settings.paths.triggers)


def _text(page: AppTest) -> str:
    return "\n".join(markdown.value for markdown in page.markdown)


def _checks(page: AppTest) -> dict[str, str]:
    table = page.table[0].value
    return dict(zip(table.index, table.iloc[:, 0], strict=True))
