"""A worker killed with -9 in the middle of a request with an Idempotency-Key, and the request sent again."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from itertools import count
from pathlib import Path

import pytest
import requests
from flask.testing import FlaskClient

from storage.domain.inputs import EXAMPLE
from storage.settings import Settings
from tests.faults.system_under_test import kill_worker, running_system
from tests.system import finished, wait_for

pytestmark = pytest.mark.xdist_group("faults")

KEY = {"Idempotency-Key": "once"}
KEYS_BETWEEN_KILLS = 30
KILLS = 4
KILLED = """
import os, signal
from backend.app import create_app
from storage.domain.inputs import EXAMPLE
from storage.settings import Settings
from {module} import {owner}

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

app = create_app(Settings())
{owner}.{step} = die
app.test_client().post("/predict", json=EXAMPLE, headers={key})
print("alive")
"""
KEPT = ("storage.idempotency.kept_answers", "KeptAnswers")
STEPS = {
    "before the draft": (*KEPT, "keep"),
    "before the log": ("storage.spool.spool", "Spool", "append_lines"),
    "before it is finished": (*KEPT, "finish"),
}


@pytest.mark.parametrize("when", STEPS)
def test_killed_between_two_steps_the_request_sent_again_is_answered_and_logged_once(
    when: str, champion_settings: Settings, http: FlaskClient, store_records: Callable[[], None]
) -> None:
    module, owner, step = STEPS[when]
    program = KILLED.format(module=module, owner=owner, step=step, key=KEY)
    runtime = str(champion_settings.runtime_directory)
    assert "alive" not in finished("-c", program, HOUSING_RUNTIME_DIRECTORY=runtime).stdout
    first, again = (http.post("/predict", json=EXAMPLE, headers=KEY) for _ in range(2))
    assert first.status_code == 200
    assert first.data == again.data
    store_records()
    rows = http.get("/predictions").get_json()["predictions"]
    assert [row["prediction_id"] for row in rows] == [first.get_json()["prediction_id"]]
    assert 'outcome="taken_over"} 1.0' in http.get("/metrics").text
    backlog = http.get("/database/stats").get_json()["statistics"]["spool_backlog"]
    assert backlog["rejected_records"] == 0


def test_across_workers_kills_and_a_restart_a_key_has_one_answer_and_one_row(
    champion_settings: Settings, tmp_path: Path
) -> None:
    url = f"{champion_settings.addresses.backend_url}/predict"
    answers: dict[str, set[bytes]] = defaultdict(set)
    with running_system(champion_settings, tmp_path, 2) as system:
        numbers = count()
        done: list[str] = []

        def send(numbers: Iterator[int]) -> None:
            while len(done) < KILLS * KEYS_BETWEEN_KILLS:
                key = str(next(numbers))
                _until_answered(url, key, answers[key])
                done.append(key)

        with ThreadPoolExecutor(4) as pool:
            senders = [pool.submit(send, numbers) for _ in range(4)]
            for kill in range(KILLS - 1):
                due = kill * KEYS_BETWEEN_KILLS
                wait_for(partial(_has_more, done, due), what="answers")
                kill_worker(wait_for(system.workers, what="a worker")[0])
            for sender in senders:
                sender.result()
    with running_system(champion_settings, tmp_path, 2) as system:
        for key in done:
            _until_answered(url, key, answers[key])
        system.log_writer.start()
        system.drained()
        ids, _ = system.stored()
    assert {len(each) for each in answers.values()} == {1}
    assert len(ids) == len(set(ids)) == len(answers)


def _has_more(done: list[str], due: int) -> bool:
    return len(done) > due


def _until_answered(url: str, key: str, answers: set[bytes]) -> None:
    """Send one request twice at once, each until it is answered, on connections of their own."""

    def once() -> bytes | None:
        with suppress(requests.ConnectionError):
            answer = requests.post(url, json=EXAMPLE, headers={"Idempotency-Key": key}, timeout=30)
            assert answer.status_code in (200, 409, 503), answer.text
            return answer.content if answer.status_code == 200 else None
        return None

    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(wait_for, once, what="an answer") for _ in range(2)]
        answers.update(each.result() for each in both)
