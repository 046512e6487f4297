"""The monitor's rounds: an outage is told from outside, other rules as the service measures them."""

import socket
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backend.alerts.courier import Courier
from backend.alerts.machine import with_routes
from backend.alerts.senders import SignedWebhook
from backend.alerts.store import AlertStore
from backend.client import HousingClient
from backend.connection import CHECK_SECONDS
from backend.monitor.__main__ import Monitor
from backend.monitor.alerting import Alerting
from backend.monitor.probe import Probe, probe_service
from storage.paths import RuntimePaths
from storage.process.progress import keep_progress
from storage.schema.alerts import AlertBook, AlertTiming
from storage.settings import Settings
from storage.spool.spool import Spool
from storage.spool.timeline import Timeline
from tests.backend.alerts.servers import PASSWORD, SECRET, mailbox, webhook
from tests.backend.live_service import process_settings
from tests.system import free_port, running, wait_for

pytestmark = pytest.mark.xdist_group("processes")
NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def alerting(client: HousingClient, folder: Path, url: str) -> tuple[Alerting, AlertStore, Courier]:
    store = AlertStore(RuntimePaths(folder), goes_on=True)
    store.change(lambda book: with_routes(book, ["webhook"]))
    courier = Courier(store, {"webhook": SignedWebhook(url, SECRET, client.url)})
    timeline = Timeline(Spool(RuntimePaths(folder).spool, 1_000_000))
    return Alerting(client, store, courier, timeline, 30.0), store, courier


def test_an_outage_is_told_and_so_is_its_end(shared_service: HousingClient, tmp_path: Path) -> None:
    gone = HousingClient(f"http://127.0.0.1:{free_port()}")
    with webhook() as receiver:
        outside, _store, courier = alerting(gone, tmp_path, receiver.url)
        for seconds in range(0, 150, 30):
            now = NOON + timedelta(seconds=seconds)
            outside.judge(probe_service(gone, now), now)
            courier.send_next("webhook", now)
        back, _, courier = alerting(shared_service, tmp_path, receiver.url)
        for seconds in range(150, 600, 30):
            now = NOON + timedelta(seconds=seconds)
            back.judge(Probe(at=now, healthy=True, health_ms=1.0), now)
            courier.send_next("webhook", now)
    told, over = receiver.messages
    assert [alert["rule"] for alert in told["fired"]] == ["outage"]
    assert "does not answer" in told["fired"][0]["why"]
    assert (told["at"], over["at"]) == (
        (NOON + timedelta(seconds=120)).isoformat(),
        (NOON + timedelta(seconds=450)).isoformat(),
    )
    assert [alert["rule"] for alert in over["resolved"]] == ["outage"]
    spooled = b"".join(path.read_bytes() for path in RuntimePaths(tmp_path).spool.iterdir())
    assert spooled.count(b'"event_kind":"alert"') == 2


def test_a_service_that_hangs_is_not_waited_for_twice(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        monitor = Monitor(HousingClient(url, timeout_seconds=0.2), RuntimePaths(tmp_path))
        begun = time.monotonic()
        assert not monitor.run_once(NOON).healthy
        assert time.monotonic() - begun < CHECK_SECONDS / 2
    check = monitor.summary(NOON).last_check
    assert check is not None
    assert check.problem is not None
    assert "no answer to /health" in check.problem


def test_the_monitor_tells_of_an_outage_by_mail_and_webhook(
    settings: Settings, tmp_path: Path
) -> None:
    soon = AlertBook(timing=AlertTiming(outage_minutes=0.005))
    keep_progress(settings.paths.alerts, soon)
    log = tmp_path / "monitor.log"
    with webhook() as receiver, mailbox() as box:
        told = process_settings(settings) | {
            "HOUSING_ALERTS_ROUTES": box.url(),
            "HOUSING_ALERTS_WEBHOOK_URL": receiver.url,
            "HOUSING_ALERTS_WEBHOOK_SECRET": SECRET,
            "HOUSING_LOG_LEVEL": "DEBUG",
        }
        with running("backend.monitor", log, "--interval", "0.3", **told):
            wait_for(lambda: receiver.bodies and box.mail, what="both messages")
    assert receiver.messages[0]["fired"][0]["rule"] == "outage"
    assert box.mail[0]["Subject"].startswith("Alert: The service does not predict (http://")
    said = log.read_text()
    assert "Critical: The service does not predict." in said
    assert "Sent the message" in said
    for secret in (PASSWORD, SECRET, receiver.url, "ada@example.com"):
        assert secret not in said
    store = AlertStore(settings.paths)
    assert {name: route.sent for name, route in store.read().routes.items()} == {
        "webhook": 1,
        "mailto 1": 1,
    }
