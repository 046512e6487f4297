"""What the registry is still to be told: kept before publishing, closed once, whatever happens between."""

from dataclasses import replace
from datetime import timedelta

import pytest

from storage.schema.records import utc_now
from storage.settings import Settings
from tests.versions import overwrite
from training.evaluation.metrics import RegressionFigures
from training.fitting.search import Trial
from training.tracking.context import TrainingContext
from training.tracking.pending import NEVER_PUBLISHED, OpenRegistration, OpenRegistrations
from training.tracking.registration_retry import RegistrationRetry
from training.tracking.runs import RecordedRun

CONTEXT = TrainingContext(
    version="20260101T000000Z-00000000",
    winner="random_forest",
    seed=0,
    dataset_origin="a table",
    dataset_sha256="0" * 64,
    training_sha256="1" * 64,
    labelled={"used": 3, "left_out": {"impossible value": 1}},
    trigger_id="a trigger",
    row_counts={"train": 5},
    model_card="# A card",
    parameters={"seed": "0"},
)
TRIAL = Trial(1, {"regressor__near__max_iter": 200}, RegressionFigures(0.4, 0.3, 0.8), 1.5)
OPEN = OpenRegistration(CONTEXT, (TRIAL,), RecordedRun("a run", "a model"))


@pytest.fixture
def registrations(settings: Settings) -> OpenRegistrations:
    return OpenRegistrations(settings.paths)


def test_what_is_kept_is_read_again_oldest_first(registrations: OpenRegistrations) -> None:
    newer = replace(OPEN, context=replace(CONTEXT, version="20260102T000000Z-00000000"), run=None)
    for each in (newer, OPEN):
        registrations.keep(each)
    assert registrations.all() == [OPEN, newer]
    registrations.close(OPEN.version)
    registrations.close(OPEN.version)
    assert registrations.all() == [newer]
    assert not registrations.is_open(OPEN.version)


def test_junk_is_set_aside(
    registrations: OpenRegistrations, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    registrations.keep(OPEN)
    junk = settings.paths.open_registrations / "junk.json"
    junk.write_bytes(b"\xff{")
    assert registrations.all() == [OPEN]
    assert not junk.exists()
    assert "junk.json cannot be read and was set aside" in caplog.text


def test_a_version_that_never_came_is_forgotten_after_a_while(
    registrations: OpenRegistrations, settings: Settings
) -> None:
    registrations.keep(OPEN)
    retry, now = RegistrationRetry(settings), utc_now()
    assert not retry.run_once(now)
    assert registrations.is_open(OPEN.version)  # its training may be about to publish it
    assert not retry.run_once(now + NEVER_PUBLISHED + timedelta(minutes=1))
    assert not registrations.is_open(OPEN.version)


def test_a_damaged_version_is_given_up_with_a_word(
    registrations: OpenRegistrations, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    registrations.keep(OPEN)
    folder = settings.paths.versions / OPEN.version
    folder.mkdir(parents=True)
    overwrite(folder / "manifest.json", b"{")
    RegistrationRetry(settings).run_once(utc_now())
    assert not registrations.is_open(OPEN.version)
    assert f"Version {OPEN.version} cannot be registered" in caplog.text
