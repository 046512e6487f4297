"""Idempotency-Key: a request that is sent again with its key is carried out once (draft of the IETF, 07).

The key is the caller's own: two callers may use the same one. Only answers with status 200 are kept; after a
refusal the key is free again.
"""

import re
from collections.abc import Callable
from functools import wraps

from flask import Response, g, request

from backend.contract.idempotency import FORM, HEADER, REPEATED_HEADER
from backend.services import Services, current_services
from backend.web.authorization import current_actor
from storage.errors import InvalidInput, KeyReused, RequestInFlight
from storage.idempotency.kept_answers import Asked, Draft, Kept, Turn

ONE_KEY = re.compile(FORM)

Route = Callable[[], Response]


def answered_once(route: Route) -> Route:
    """Let a route take an Idempotency-Key; it must call ``keep`` if it logs something."""

    @wraps(route)
    def answer_once() -> Response:
        sent = request.headers.get(HEADER)
        if sent is None or request.content_length is None:
            return route()
        services = current_services()
        found = _claimed(services, _asked(_key(sent)))
        if isinstance(found, Kept):
            return _repeated(found.content)
        try:
            return _answered(services, found, route)
        except BaseException:
            services.kept_answers.give_back(found)
            raise

    return answer_once


def keep(response: Response, lines: bytes) -> None:
    """Keep an answer before the spool lines that log it are appended, if the request has a key.

    Raises
    ------
    AnswersUnavailable
        If it could not be kept; then nothing may be appended.
    """
    turn: Turn | None = g.get("turn")
    if turn is not None:
        g.is_kept = True
        current_services().kept_answers.keep(turn, Draft(response.get_data(), lines))


def command_of_key() -> str | None:
    """Return the id of the one command to the log-writer that the request's key stands for."""
    turn: Turn | None = g.get("turn")
    return turn.command_id if turn is not None else None


def _key(sent: str) -> str:
    if ONE_KEY.fullmatch(sent):
        return sent.strip('"')
    raise InvalidInput(
        f"{HEADER} is one key of 1 to 255 visible ASCII characters, such as a UUID, in quotation marks or "
        "without, and without a comma, quotation mark or backslash in it."
    )


def _asked(key: str) -> Asked:
    return Asked.of(
        current_actor(),
        key,
        request.method.encode(),
        request.path.encode(),
        request.query_string,
        str(g.source).encode(),
        (request.content_type or "").encode(),
        request.get_data(),
    )


def _claimed(services: Services, asked: Asked) -> Turn | Kept:
    kept, metrics = services.kept_answers, services.metrics
    try:
        found = kept.claim(asked)
    except KeyReused:
        metrics.count_keyed("other_request")
        raise
    except RequestInFlight:
        metrics.count_keyed("in_flight")
        raise
    if isinstance(found, Kept):
        metrics.count_keyed("repeated")
    else:
        metrics.count_keyed("taken_over" if found.taken_over else "first")
    return found


def _answered(services: Services, turn: Turn, route: Route) -> Response:
    """Carry the request out, or finish what a process that ended has begun."""
    if turn.draft is not None:
        if turn.draft.lines:
            services.spool.append_lines(turn.draft.lines)
        services.kept_answers.finish(turn)
        return _repeated(turn.draft.content)
    g.turn = turn
    response = route()
    if response.status_code != 200:
        services.kept_answers.give_back(turn)
        return response
    if not g.get("is_kept"):
        keep(response, b"")
    services.kept_answers.finish(turn)
    return response


def _repeated(content: bytes) -> Response:
    response = Response(content, mimetype="application/json")
    response.headers[REPEATED_HEADER] = "true"
    return response
