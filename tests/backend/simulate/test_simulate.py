"""The command against the real service, and against one that is not there."""

from contextlib import suppress
from pathlib import Path

import pytest

from backend.client import HousingClient, ServiceRefused
from backend.keys.system_keys import load_or_create_keys, operator_key
from storage.settings import Settings
from tests.backend.live_service import live_service, process_settings
from tests.settings import changed
from tests.system import Ended, finished, running, wait_for

pytestmark = pytest.mark.xdist_group("processes")


def test_what_it_says_it_sent_is_in_the_log(
    shared_settings: Settings, shared_service: HousingClient
) -> None:
    shared_service.clear_database()
    result = _simulate(shared_settings, "steady", "drift", "--duration", "4", "--rate", "15")
    assert result.returncode == 0, result.stdout + result.stderr
    answered = _number(result.stdout, "with")
    assert answered > 20
    wait_for(lambda: _logged(shared_service) == answered, what="every answered row in the log")
    labelled = shared_service.database_statistics().statistics.labelled
    sent = _number(result.stdout, "labels sent")
    # a label may be sent twice and is kept once
    assert 0.9 * sent <= labelled <= sent
    assert labelled > 5
    assert "drift: sent" in result.stdout
    assert "failed attempts 0; given up 0" in result.stdout
    assert result.stderr == ""


def test_a_service_that_is_down_is_counted_and_tried_again(champion_settings: Settings) -> None:
    result = _simulate(champion_settings, "steady", "--duration", "3", "--rate", "5")
    assert result.returncode == 1
    assert result.stderr == ""
    assert "Answered 0 requests" in result.stdout
    assert "does not answer" in result.stdout
    assert _number(result.stdout, "failed attempts") > 4


def test_requests_wait_for_a_service_that_comes_back(
    champion_settings: Settings, tmp_path: Path
) -> None:
    log = tmp_path / "simulate.log"
    told = process_settings(champion_settings)
    arguments = ("steady", "--duration", "90", "--rate", "5")
    with running("backend.simulate", log, *arguments, **told):
        wait_for(lambda: "steady: sent" in log.read_text(), what="the first line")
        with live_service(champion_settings, tmp_path) as client:
            wait_for(lambda: _any_logged(client), what="answers after the service came up")
    assert "Traceback" not in log.read_text()


@pytest.mark.parametrize(
    "arguments",
    [("earthquake",), ("--rate", "0"), ("--rate", "nan"), ("--duration", "inf"), ("--seed", "-1")],
)
def test_a_wrong_argument_is_one_sentence(settings: Settings, arguments: tuple[str, ...]) -> None:
    result = _simulate(settings, *arguments)
    assert result.returncode == 2
    assert arguments[-1] in result.stderr
    assert "Traceback" not in result.stderr


def test_the_key_is_the_running_systems(settings: Settings) -> None:
    assert operator_key(settings) is None
    created = load_or_create_keys(settings)
    assert operator_key(settings) == created["HOUSING_OPERATOR_KEY"]
    given = changed(settings, operator_key="mine")
    assert operator_key(given) == "mine"


def _simulate(settings: Settings, *arguments: str) -> Ended:
    return finished("-m", "backend.simulate", *arguments, **process_settings(settings))


def _number(said: str, after: str) -> int:
    """Return the number behind some words of the closing sentence."""
    return int(said.partition(f" {after} ")[2].split()[0].strip(";,.").replace(",", ""))


def _any_logged(client: HousingClient) -> bool:
    with suppress(ServiceRefused):  # until the log-writer has made the tables
        return _logged(client) > 0
    return False


def _logged(client: HousingClient) -> int:
    return client.database_statistics().statistics.predictions
