"""Keys; these steps have an operator's key, which may not even list them, so they change nothing."""

from backend.demo_api.walk import Connection, Step

ACT = {"person": "Ada", "reason": "this must be refused"}
NO_KEY = {"Authorization": None}


def refuse_list(connection: Connection) -> str:
    """GET /keys without a key"""
    return connection.refused("GET", "/keys", 401, headers=NO_KEY).error


def refuse_creating(connection: Connection) -> str:
    """POST /keys without a key"""
    body = ACT | {"name": "cron", "role": "admin"}
    return connection.refused("POST", "/keys", 401, body, headers=NO_KEY).error


def refuse_rotating(connection: Connection) -> str:
    """POST /keys/<key_id>/rotate without a key"""
    return connection.refused("POST", "/keys/none/rotate", 401, ACT, headers=NO_KEY).error


def refuse_revoking(connection: Connection) -> str:
    """POST /keys/<key_id>/revoke without a key"""
    return connection.refused("POST", "/keys/none/revoke", 401, ACT, headers=NO_KEY).error


STEPS: tuple[Step, ...] = (
    Step("GET /keys", "without a key", refuse_list),
    Step("POST /keys", "without a key", refuse_creating),
    Step("POST /keys/<key_id>/rotate", "without a key", refuse_rotating),
    Step("POST /keys/<key_id>/revoke", "without a key", refuse_revoking),
)
