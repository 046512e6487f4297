"""/keys: listing keys, making named ones, rotating and revoking them."""

from datetime import timedelta

from flask import Blueprint, Response

from backend.contract.alerts import AlertAct
from backend.contract.keys import (
    KeyMadeResponse,
    KeyRequest,
    KeyRevocation,
    KeyRevokedResponse,
    KeyRotation,
    KeyRow,
    KeysResponse,
)
from backend.services import Services, current_services
from backend.web.answers import answer
from backend.web.request_audit import tell
from backend.web.validation import read_body
from storage.keys.named_key import NamedKey
from storage.keys.store import NewKey
from storage.schema.records import utc_now

blueprint = Blueprint("keys", __name__, url_prefix="/keys")


@blueprint.get("")
def keys() -> Response:
    """List the keys, without their secrets; needs the role admin."""
    services = current_services()
    environment = [
        KeyRow(name=role, role=role, source="environment", state="valid")
        for role in services.keys.configured_roles
    ]
    named = [_row(services, key) for key in services.keys.store.all()]
    return answer(KeysResponse(keys=environment + named))


@blueprint.post("")
def create() -> Response:
    """Make a named key and return its secret, this once; needs the role admin."""
    services = current_services()
    asked = read_body(KeyRequest, services.settings.backend.request_limit_bytes, services.metrics)
    made = services.keys.store.create(
        asked.name, asked.role, _days(asked.expires_days), asked.person, asked.reason, utc_now()
    )
    _tell("key created", made.key, asked, role=asked.role, expires_days=asked.expires_days)
    return _made(services, made)


@blueprint.post("/<key_id>/rotate")
def rotate(key_id: str) -> Response:
    """Make a new secret for a named key; the old one is accepted for a time; needs the role admin."""
    services = current_services()
    asked = read_body(KeyRotation, services.settings.backend.request_limit_bytes, services.metrics)
    made = services.keys.store.rotate(
        key_id,
        timedelta(hours=asked.overlap_hours),
        _days(asked.expires_days),
        asked.person,
        asked.reason,
        utc_now(),
    )
    _tell("key rotated", made.key, asked, replaces=key_id, overlap_hours=asked.overlap_hours)
    return _made(services, made)


@blueprint.post("/<key_id>/revoke")
def revoke(key_id: str) -> Response:
    """Refuse a named key from its next request on, in every worker process; needs the role admin."""
    services = current_services()
    asked = read_body(
        KeyRevocation, services.settings.backend.request_limit_bytes, services.metrics
    )
    key = services.keys.store.revoke(key_id, asked.person, utc_now())
    _tell("key revoked", key, asked)
    return answer(KeyRevokedResponse(key=_row(services, key)))


def _made(services: Services, made: NewKey) -> Response:
    told = answer(KeyMadeResponse(key=_row(services, made.key), secret=made.secret))
    told.headers["Cache-Control"] = "no-store"
    return told


def _tell(action: str, key: NamedKey, asked: AlertAct, **figures: object) -> None:
    tell(action, key.name, asked.reason, person=asked.person, key_id=key.key_id, **figures)


def _row(services: Services, key: NamedKey) -> KeyRow:
    return KeyRow(
        source="named",
        state=key.state(utc_now()),
        last_used_at=services.keys.uses.last(key.key_id),
        **key.model_dump(exclude={"digest"}),
    )


def _days(number: int | None) -> timedelta | None:
    return None if number is None else timedelta(days=number)
