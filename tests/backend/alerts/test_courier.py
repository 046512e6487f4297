"""A message is sent once, after a kill at least once, never lost; a failing route holds up no other."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backend.alerts.acts import noted
from backend.alerts.courier import Courier
from backend.alerts.machine import queued, step, with_routes
from backend.alerts.senders import SignedWebhook
from backend.alerts.store import AlertStore
from storage.errors import ProgressUnavailable
from storage.paths import RuntimePaths
from storage.schema.alerts import AlertBook, AlertMessage, Note
from tests.backend.alerts.servers import SECRET, webhook
from tests.backend.alerts.test_machine import NOON, reading
from tests.system import finished, wait_for

DECIDES_AND_DIES = """
import os, signal, sys
from pathlib import Path
from backend.alerts.courier import Courier
from backend.alerts.machine import step, with_routes
from backend.alerts.senders import SignedWebhook
from backend.alerts.store import AlertStore
from storage.paths import RuntimePaths
from tests.backend.alerts.test_machine import NOON, reading

store = AlertStore(RuntimePaths(Path(sys.argv[1])))
store.change(lambda book: step(with_routes(book, ["webhook"]), [reading(True, hold=0)], NOON))
if sys.argv[2] == "sends":
    store.change = lambda change: os.kill(os.getpid(), signal.SIGKILL)
    Courier(store, {"webhook": SignedWebhook(sys.argv[3], sys.argv[4], "box")}).send_next("webhook", NOON)
os.kill(os.getpid(), signal.SIGKILL)
"""


class Kept:
    """A route that keeps what it is sent, or says why it does not take it."""

    def __init__(self, problem: str | None = None) -> None:
        self.problem = problem
        self.ids: list[str] = []

    def send(self, message: AlertMessage) -> str | None:
        self.ids.append(message.message_id)
        return self.problem


@pytest.fixture
def store(tmp_path: Path) -> AlertStore:
    return AlertStore(RuntimePaths(tmp_path))


def fires(store: AlertStore, routes: list[str]) -> AlertBook:
    return store.change(lambda book: step(with_routes(book, routes), [reading(True, hold=0)], NOON))


@pytest.mark.parametrize(("dies", "sent"), [("decided", 1), ("sends", 2)])
def test_a_kill_loses_no_message(tmp_path: Path, store: AlertStore, dies: str, sent: int) -> None:
    with webhook() as receiver:
        ended = finished("-c", DECIDES_AND_DIES, tmp_path, dies, receiver.url, SECRET)
        assert ended.returncode == -9, ended.stderr
        assert len(store.read().outbox) == 1
        courier = Courier(store, {"webhook": SignedWebhook(receiver.url, SECRET, "box")})
        assert courier.send_next("webhook", NOON)
        assert not courier.send_next("webhook", NOON)
    assert len(receiver.messages) == sent
    assert len({message["message_id"] for message in receiver.messages}) == 1
    assert store.read().outbox == ()


def test_a_failing_route_is_tried_again_later_and_holds_up_no_other(store: AlertStore) -> None:
    fires(store, ["bad", "good"])
    bad, good = Kept("No."), Kept()
    courier = Courier(store, {"bad": bad, "good": good})
    assert courier.send_next("bad", NOON)
    assert not courier.send_next("bad", NOON + timedelta(seconds=9))
    assert courier.send_next("good", NOON)
    bad.problem = None
    assert courier.send_next("bad", NOON + timedelta(seconds=10))
    assert (len(bad.ids), len(good.ids), store.read().outbox) == (2, 1, ())


def test_what_a_route_raises_is_a_failure_without_its_words(
    store: AlertStore, caplog: pytest.LogCaptureFixture
) -> None:
    class Raises:
        def send(self, message: AlertMessage) -> str | None:
            raise KeyError("the-t0ken")

    fires(store, ["bad"])
    with caplog.at_level(logging.DEBUG):
        Courier(store, {"bad": Raises()}).send_next("bad", NOON)
    assert store.read().routes["bad"].problem == "It failed with KeyError."
    assert "the-t0ken" not in caplog.text


def test_in_the_background_a_slow_route_holds_up_no_other(store: AlertStore) -> None:
    begun, over = threading.Event(), threading.Event()

    class Slow:
        def send(self, message: AlertMessage) -> str | None:
            begun.set()
            over.wait(30)
            return None

    good = Kept()
    courier = Courier(store, {"slow": Slow(), "good": good})
    courier.start()
    try:
        store.change(lambda book: queued(book, AlertMessage(at=datetime.now(UTC))))
        wait_for(lambda: begun.is_set() and good.ids, what="the other route's message")
        assert not over.is_set()
    finally:
        courier.stop()
        over.set()


def test_a_full_disk_does_not_keep_an_alert_in_the_box(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "alerts").write_text("in the way of the folder")
    with pytest.raises(ProgressUnavailable):
        fires(AlertStore(RuntimePaths(tmp_path)), ["webhook"])
    monitor = AlertStore(RuntimePaths(tmp_path), goes_on=True)
    fires(monitor, ["webhook"])
    route = Kept()
    courier = Courier(monitor, {"webhook": route})
    assert courier.send_next("webhook", NOON)
    assert not courier.send_next("webhook", NOON)
    assert caplog.text.count("go on in memory only") == 1
    (tmp_path / "alerts").unlink()
    monitor.change(lambda book: book)
    assert len(AlertStore(RuntimePaths(tmp_path)).read().firing) == 1


def test_a_message_that_was_sent_while_the_disk_was_full_is_not_sent_again(
    store: AlertStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    fires(store, ["webhook"])
    route = Kept()
    courier = Courier(store, {"webhook": route})

    def full(*_: object) -> None:
        raise ProgressUnavailable("The disk is full.")

    with monkeypatch.context() as broken:
        broken.setattr("backend.alerts.store.keep_progress", full)
        for _ in range(3):
            with pytest.raises(ProgressUnavailable):
                courier.send_next("webhook", NOON)
    assert courier.send_next("webhook", NOON)
    assert (len(route.ids), store.read().outbox) == (1, ())


def test_monitor_and_service_change_the_file_in_turn(tmp_path: Path, store: AlertStore) -> None:
    alert_id = fires(store, []).firing[0].alert_id

    def write(person: str) -> None:
        own = AlertStore(RuntimePaths(tmp_path))
        for number in range(10):
            note = Note(at=NOON, person=person, text=str(number))
            own.change(lambda book, note=note: noted(book, alert_id, note))  # type: ignore[misc]

    with ThreadPoolExecutor() as pool:
        list(pool.map(write, ["Ada", "Grace", "Joan"]))
    assert len(store.read().firing[0].notes) == 30


def test_a_damaged_file_is_set_aside_and_said(
    tmp_path: Path, store: AlertStore, caplog: pytest.LogCaptureFixture
) -> None:
    fires(store, [])
    path = RuntimePaths(tmp_path).alerts
    path.write_bytes(path.read_bytes()[:-9])
    assert store.read() == AlertBook()
    assert "cannot be read and begin anew" in caplog.text
    assert len(list(path.parent.glob("unreadable-*.json"))) == 1
