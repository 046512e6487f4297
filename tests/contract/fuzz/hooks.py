"""What the generator of requests is told: the keys of the three roles, and rules that no schema can say.

A request that breaks one of ``RULES`` is not generated as a valid one; the description of its parameter has
the rule in words, and tests of its route have the refusal.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import cycle
from typing import Any

import schemathesis

from backend.contract.idempotency import HEADER
from backend.contract.query.duration import read_duration
from storage.schema.records import new_id
from storage.schema.rollup import MOST_STEPS

KEYS = cycle(["administer"] * 8 + ["operate", "see"])
"""The administrator's mostly: the others are refused what changes something."""

Values = Mapping[str, Any]


@schemathesis.auth(refresh_interval=None)
class KeyOfARole:
    """Sends each request with the next key."""

    def get(self, case: schemathesis.Case[Any], context: schemathesis.AuthContext) -> str:
        """Return the next key."""
        return next(KEYS)

    def set(
        self, case: schemathesis.Case[Any], data: str, context: schemathesis.AuthContext
    ) -> None:
        """Put it into the request."""
        case.headers["Authorization"] = f"Bearer {data}"


def _forwards(since: object, until: object) -> bool:
    try:
        return datetime.fromisoformat(str(since)) < datetime.fromisoformat(str(until))
    except (TypeError, ValueError):
        return False


def _steps_fit(query: Values) -> bool:
    step, window = query.get("step"), query.get("window", "1h")
    if step in (None, "null"):
        return True
    span, width = read_duration(window), read_duration(step)
    return bool(width <= span <= MOST_STEPS * width)


def _conditions_agree(query: Values) -> bool:
    conditions = [one.split(":", 1) for one in str(query.get("where", "")).split(";") if ":" in one]
    names = [name for name, _ in conditions]
    ends = [re.fullmatch(r"(.+)\.\.<?(.+)", value) for _, value in conditions]
    ranges = [(float(found[1]), float(found[2])) for found in ends if found]
    return len({*names}) == len(names) and all(low <= high for low, high in ranges)


def _reference_is_whole(query: Values) -> bool:
    since, until = query.get("reference_since"), query.get("reference_until")
    others = str(query.get("reference_others", "")).lower() not in ("", "false", "0", "null")
    if others and ("where" not in query or since is not None):
        return False
    return (since is None and until is None) or _forwards(since, until)


def _token_is_of_the_list(query: Values) -> bool:
    """Filters may order the list of predictions otherwise."""
    return "page_token" not in query or {*query} <= {"page_token", "since", "until", "limit"}


def _token_is_of_the_order(query: Values) -> bool:
    return query.get("order") == "slowest" or not re.match(r"\d+[.e]", str(query.get("page_token")))


def _pairs_match(body: Values) -> bool:
    return len(body.get("predictions") or ()) == len(body.get("actuals") or ())


def _tensors_agree(_body: Values) -> bool:
    """Names, shapes and values of tensors that fit each other and the model are never generated."""
    return False


def _window_is_forwards(body: Values) -> bool:
    window = body.get("window") or {}
    since, until = window.get("since"), window.get("until")
    return since is None or until is None or _forwards(since, until)


QUERY_RULES: dict[str, tuple[Callable[[Values], bool], ...]] = {
    "/metrics/api/summary": (_steps_fit,),
    "/predictions": (_token_is_of_the_list,),
    "/metrics/api": (_token_is_of_the_order,),
    "/monitoring/drift": (_conditions_agree, _reference_is_whole),
    "/monitoring/performance/segment": (_conditions_agree,),
}
BODY_RULES: dict[str, tuple[Callable[[Values], bool], ...]] = {
    "/invocations": (_tensors_agree,),
    "/v2/models/{model_name}/infer": (_tensors_agree,),
    "/v2/models/{model_name}/versions/{version}/infer": (_tensors_agree,),
    "/monitoring/retraining-check": (_pairs_match,),
    "/monitoring/trigger-retraining": (_window_is_forwards,),
}


@schemathesis.hook
def map_case(
    context: schemathesis.HookContext, case: schemathesis.Case[Any]
) -> schemathesis.Case[Any]:
    """Return a request with a key of its own: a generated one soon comes back with another body."""
    if HEADER in case.headers and not (case.meta and case.meta.generation.mode.is_negative):
        case.headers[HEADER] = new_id()
    return case


@schemathesis.hook
def filter_case(context: schemathesis.HookContext, case: schemathesis.Case[Any]) -> bool:
    """Whether a request keeps the rules, or was made to break the schema anyway."""
    if case.meta is not None and case.meta.generation.mode.is_negative:
        return True
    rules = QUERY_RULES.get(case.path, ())
    if not all(rule(case.query or {}) for rule in rules):
        return False
    body = case.body if isinstance(case.body, dict) else {}
    return all(rule(body) for rule in BODY_RULES.get(case.path, ()))
