"""What a retraining requested now would learn from, over HTTP: what the training itself says."""

from datetime import timedelta

import numpy as np
from flask.testing import FlaskClient

from backend.contract.retraining.learnable import LearnableResponse
from storage.schema.records import utc_now
from storage.settings import Settings
from tests.training.labelled import keep_labelled
from training.dataset.production_rows import KEPT_FOR_THE_GATE
from training.dataset.sources import load_table
from training.dataset.splits import Part
from training.fitting.lesson import present_report


def learnable(http: FlaskClient) -> LearnableResponse:
    return LearnableResponse.model_validate(http.get("/retraining/learnable").json)


def test_the_answer_is_the_report_of_the_training(
    http: FlaskClient, service_settings: Settings
) -> None:
    nothing = learnable(http)
    assert (nothing.labelled, nothing.used, nothing.left_out) == (0, 0, [])
    table, now = load_table(), utc_now()
    elsewhere = table.inputs[:400] + np.array([0, 0, 0, 0, 0, 0, 0.5, 0.5])
    rows = Part(elsewhere, table.targets[:400])
    keep_labelled(service_settings, rows, now - timedelta(days=1))
    keep_labelled(service_settings, rows, now - timedelta(days=1), source="probe")
    found, report = learnable(http), present_report(service_settings, utc_now())
    assert (found.used, found.usable, found.labelled) == (report.used, report.usable, 800)
    assert {one.why: one.rows for one in found.left_out} == {**report.unread, **report.left_out}
    assert found.usable + sum(one.rows for one in found.left_out) == found.labelled
    assert found.left_out[0].why == "not asked by a customer"
    assert KEPT_FOR_THE_GATE in [one.why for one in found.left_out]
    assert found.why_not == report.why_not
