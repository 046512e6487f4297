"""Messages really leave: a signed webhook and e-mail; no address is in what is logged or shown."""

import hashlib
import hmac
import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr, ValidationError

from backend.alerts import senders as room
from backend.alerts.senders import SIGNATURE, AppriseSender, SignedWebhook, senders
from storage.schema.alerts import AlertMessage
from storage.setting_groups.alerts import AlertSettings
from tests.backend.alerts.servers import PASSWORD, SECRET, mailbox, webhook
from tests.system import free_port

MESSAGE = AlertMessage(at=datetime(2026, 11, 30, tzinfo=UTC))


def test_a_webhook_can_tell_that_the_body_is_ours() -> None:
    with webhook() as receiver:
        assert SignedWebhook(receiver.url, SECRET, "box").send(MESSAGE) is None
    expected = hmac.new(SECRET.encode(), receiver.bodies[0], hashlib.sha256).hexdigest()
    assert receiver.headers[0][SIGNATURE] == f"sha256={expected}"
    assert receiver.messages[0]["message_id"] == MESSAGE.message_id


@pytest.mark.parametrize("status", [302, 500])
def test_only_success_means_that_a_webhook_took_it(status: int) -> None:
    with webhook() as receiver:
        receiver.status = status
        problem = SignedWebhook(receiver.url, SECRET, "box").send(MESSAGE)
    assert problem == f"It answered with the status {status}."
    assert len(receiver.bodies) == 1  # a signed message follows nobody elsewhere


def test_a_webhook_that_is_silent_or_away_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(room, "ANSWER_SECONDS", 0.2)
    with webhook() as receiver:
        receiver.gate.clear()
        problem = SignedWebhook(receiver.url, SECRET, "box").send(MESSAGE)
        assert problem == "No answer in 0.2 s."
    away = SignedWebhook(f"http://127.0.0.1:{free_port()}/{SECRET}", SECRET, "box")
    assert away.send(MESSAGE) == "Nothing answers at its address."


@pytest.fixture
def root_lines() -> Iterator[list[str]]:
    """What the log's handlers get; pytest's own also gets what is kept from them."""
    lines: list[str] = []
    root, handler = logging.getLogger(), logging.Handler()
    before = root.level
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    handler.addFilter(lambda record: record.name != "mail.log")  # the server's
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield lines
    root.removeHandler(handler)
    root.setLevel(before)


def test_a_mail_arrives_and_what_fails_is_told_without_the_address(root_lines: list[str]) -> None:
    room.keep_addresses_out_of_logs()
    with mailbox() as box:
        assert AppriseSender(box.url(), "http://box").send(MESSAGE) is None
        (mail,) = box.mail
        assert mail["Subject"] == "Test of the alert routes (http://box)"
        assert mail["To"] == "ada@example.com"
        problem = AppriseSender(box.url("wr0ng-password"), "http://box").send(MESSAGE)
    assert problem is not None
    assert problem.startswith("Connection error while submitting email")
    with webhook() as receiver:
        assert AppriseSender(f"json{receiver.url[4:]}t0ken", "box").send(MESSAGE) is None
    nonsense = AppriseSender("nowhere://t0ken", "box").send(MESSAGE)
    assert nonsense == "Apprise does not know such an address; see its documentation."
    said = " ".join([problem, nonsense, *root_lines])
    for secret in (PASSWORD, "wr0ng-password", "ada@example.com", "t0ken"):
        assert secret not in said


def test_routes_are_named_by_kind_and_number() -> None:
    found = AlertSettings(
        routes=SecretStr("mailto://a:b@c  slack://t/#x\nmailto://d:e@f"),
        webhook_url=SecretStr("https://example.com/hook"),
        webhook_secret=SecretStr(SECRET),
    )
    assert list(senders(found, "box")) == ["webhook", "mailto 1", "slack 1", "mailto 2"]
    assert "a:b" not in repr(found)
    assert senders(AlertSettings(), "box") == {}


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"routes": "mailto://a:hidden@b hidden"}, "address 2 has no ://"),
        ({"webhook_url": "https://hidden"}, "HOUSING_ALERTS_WEBHOOK_SECRET"),
        ({"webhook_url": "hidden", "webhook_secret": SECRET}, "must begin with http"),
        ({"webhook_secret": "hidden"}, "at least 16"),
    ],
)
def test_a_setting_that_cannot_work_is_refused_without_showing_it(
    values: dict[str, str], problem: str
) -> None:
    with pytest.raises(ValidationError, match=problem) as refused:
        AlertSettings.model_validate(values)
    assert "hidden" not in str(refused.value)
