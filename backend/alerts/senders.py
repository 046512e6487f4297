"""The routes on which messages leave the box: Apprise's hundred services, and a signed webhook.

An address holds passwords and tokens. It is in no log line, answer, error or file: a route is known by its
kind and number, and what a library says of a failure is shown without the parts of the address.
"""

import hashlib
import hmac
import json
import logging
import re
from typing import Protocol
from urllib.parse import unquote, urlsplit

import requests

from backend.alerts.words import body_of, text_of, title_of, tone_of
from storage.schema.alerts import AlertMessage
from storage.setting_groups.alerts import AlertSettings
from storage.setting_groups.hosts import is_this_machine

SIGNATURE = "X-Signature-256"
CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 10.0
APPRISE_SECONDS = 30.0
NOT_TAKEN = "It was not taken within the time."
WEBHOOK = "webhook"
HIDDEN = "•••"
SHORTEST_HIDDEN = 3
LONGEST_PROBLEM = 300


class Sender(Protocol):
    """Sends a message on one route."""

    def send(self, message: AlertMessage) -> str | None:
        """Send a message; return why it was not taken, or None. Every wait in it has an end."""


def senders(settings: AlertSettings, system: str) -> dict[str, Sender]:
    """Return the routes of the settings by name; ``system`` is the address that messages are about."""
    found: dict[str, Sender] = {}
    if settings.webhook_url is not None and settings.webhook_secret is not None:
        found[WEBHOOK] = SignedWebhook(
            settings.webhook_url.get_secret_value(),
            settings.webhook_secret.get_secret_value(),
            system,
        )
    for url in settings.addresses:
        kind = url.partition("://")[0].lower()
        number = sum(name.startswith(f"{kind} ") for name in found) + 1
        found[f"{kind} {number}"] = AppriseSender(url, system)
    return found


class SignedWebhook:
    """Posts a message as JSON, signed: HMAC-SHA256 of the body, in hexadecimal, after ``sha256=``.

    Apprise can post JSON, but not sign what it posts.
    """

    def __init__(self, url: str, secret: str, system: str) -> None:
        self._url = url
        self._secret = secret.encode()
        self._system = system

    def send(self, message: AlertMessage) -> str | None:
        """Post a message; only a status of 200 to 299 means that it was taken."""
        body = json.dumps(body_of(message, self._system)).encode()
        headers = {"Content-Type": "application/json", SIGNATURE: signature(self._secret, body)}
        try:
            with requests.Session() as session:
                session.trust_env = not is_this_machine(urlsplit(self._url).hostname or "")
                with session.post(
                    self._url,
                    data=body,
                    headers=headers,
                    timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
                    allow_redirects=False,  # the signature is meant for this address
                    stream=True,  # the answer's body is nobody's: it may be endless
                ) as answer:
                    status = answer.status_code
        except requests.Timeout:
            return f"No answer in {ANSWER_SECONDS:g} s."
        except requests.ConnectionError:
            return "Nothing answers at its address."
        except (requests.RequestException, ValueError):
            return "Its address cannot be used."
        return None if 200 <= status < 300 else f"It answered with the status {status}."


class AppriseSender:
    """Sends on any address that Apprise knows."""

    def __init__(self, url: str, system: str) -> None:
        self._url = url
        self._system = system

    def send(self, message: AlertMessage) -> str | None:
        """Send a message."""
        # Imported when first needed: half a second and 45 MB that a system without routes does without.
        import apprise

        asset = apprise.AppriseAsset(
            app_id="Alerts",
            async_mode=False,
            secure_logging=True,
            storage_mode=apprise.PersistentStoreMode.MEMORY,  # otherwise it keeps files in the home folder
        )
        service = apprise.Apprise(asset=asset)
        if not service.add(self._url):
            return "Apprise does not know such an address; see its documentation."
        result = service.notify(
            title=title_of(message, self._system),
            body=text_of(message),
            notify_type=apprise.NotifyType(tone_of(message)),
            body_format=apprise.NotifyFormat.TEXT,
            timeout=APPRISE_SECONDS,
        )
        said = [str(entry.message) for entry in result.logs()]
        return None if result else without_address(said[-1] if said else NOT_TAKEN, self._url)


def signature(secret: bytes, body: bytes) -> str:
    """Return the value of the signature's header.

    >>> signature(b"secret", b"{}")[:20]
    'sha256=77325902caca8'
    """
    return "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()


def without_address(text: str, url: str) -> str:
    """Return a text without the parts of an address that may be secret.

    >>> without_address("Login of me with pa55 failed.", "mailto://me:pa55@example.com")
    'Login of me with ••• failed.'
    """
    parts = re.split(r"[:/@?&=#]+", url.partition("://")[2])
    hidden = {form for part in parts for form in (part, unquote(part))}
    for part in sorted(hidden, key=len, reverse=True):
        if len(part) >= SHORTEST_HIDDEN:
            text = text.replace(part, HIDDEN)
    return text[:LONGEST_PROBLEM]


def keep_addresses_out_of_logs() -> None:
    """Keep what libraries log while they send from this process's log: their lines may hold addresses."""
    logging.getLogger("apprise").propagate = False
    logging.getLogger("urllib3").setLevel(logging.WARNING)  # on the level DEBUG it logs each path
