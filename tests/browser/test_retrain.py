"""The Retrain page with a real worker: asked for, followed to its end; another one cancelled."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from storage.retraining.queue import RetrainQueue
from tests.browser.console import System, visit
from tests.browser.operator_steps import ask_for_retraining

pytestmark = pytest.mark.xdist_group("browser")

REASON = "Incomes rose by half since the last training."
CANCEL_REASON = "The labels of this week are wrong."
QUICK = "linear_regression"
"""The candidate that is fitted fastest; the gate refuses it, because its prices can be negative."""


@pytest.fixture
def queue(system: System) -> Iterator[RetrainQueue]:
    queue = RetrainQueue(system.paths.triggers)
    yield queue
    for trigger_id in queue.pending():
        queue.cancel(trigger_id, "the test is over", "tests")


def test_a_retraining_is_asked_for_followed_and_another_cancelled(
    system: System, page: Page, queue: RetrainQueue
) -> None:
    visit(page, system, "retrain")
    expect(page.locator(".st-key-retrain_idle")).to_contain_text(
        "No retraining is queued or running."
    )
    ask_for_retraining(page, REASON)
    job = page.locator(".st-key-retrain_job")
    expect(job).to_contain_text("Waiting for the worker")
    _cancel(page, job)
    expect(job).to_contain_text(f"Cancelled by operator: {CANCEL_REASON}")
    (cancelled,) = queue.history(1)
    assert cancelled.status == "cancelled"
    job.get_by_role("button", name="Close").click()
    ask_for_retraining(page, REASON)
    expect(job).to_contain_text(REASON)
    with system.worker(HOUSING_CANDIDATES=QUICK):
        expect(job).to_contain_text(re.compile("elapsed"))
        expect(job.get_by_role("link", name="Run in MLflow")).to_be_visible()
        expect(job).to_contain_text("Not promoted")
    expect(job).to_contain_text("between 0 and 5.1")
    (done, _) = queue.history(2)
    assert (done.status, done.reason) == ("done", REASON)
    expect(page.get_by_text("Finished retrainings")).to_be_visible()
    expect(page.get_by_text(CANCEL_REASON).first).to_be_attached()


def _cancel(page: Page, job: Locator) -> None:
    job.get_by_role("button", name="Cancel").click()
    dialog = page.get_by_role("dialog")
    reason = dialog.get_by_role("textbox", name="Reason")
    reason.fill(CANCEL_REASON)
    reason.press("Control+Enter")
    confirm = dialog.get_by_role("button", name="Cancel retraining")
    expect(confirm).to_be_enabled()
    confirm.click()
    expect(dialog).to_have_count(0)
