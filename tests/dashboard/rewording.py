"""A real service whose sentences can be replaced by other words on their way to the console."""

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl
from zlib import crc32

from flask import Flask
from streamlit.testing.v1 import AppTest
from werkzeug.wrappers import Response

from tests.dashboard.conftest import Service

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SENTENCES = frozenset(
    {
        "alarms",
        "alerts",
        "amounts",
        "blocked_by",
        "caution",
        "delay_reason",
        "detail",
        "error",
        "error_message",
        "doubts",
        "gate_reason",
        "help",
        "holdout_reason",
        "intervals_note",
        "last_end",
        "left_out",
        "libraries_note",
        "message",
        "note",
        "problem",
        "reason",
        "reasons",
        "refused_reason",
        "sentence",
        "step",
        "summary",
        "text",
        "title",
        "verdict",
        "why",
        "why_not",
        "tried_delay_reason",
    }
)
"""Fields that hold words for a person: a release may word them otherwise."""

MARKS = re.compile(r":[a-z-]+\[|:material/\w+:|^[-#]+ ", re.MULTILINE)
"""What a page draws around words: colours, badges, icons, list items, headings."""
TIMES = ("since", "until")
TEXTS = ("markdown", "caption", "error", "warning", "info", "success")


def other_words(text: str) -> str:
    """Return other words, the same ones for the same text, with a name that no page may rewrite."""
    return f"no {crc32(text.encode()) % 10_000:04d} of MedInc"


def reworded(value: Any, field: str = "") -> Any:
    """Return a JSON value with every sentence in other words."""
    if isinstance(value, dict):
        return {name: reworded(each, name) for name, each in value.items()}
    if isinstance(value, list):
        return [reworded(each, field) for each in value]
    return other_words(value) if isinstance(value, str) and field in SENTENCES else value


class RewordedService(Service):
    """A service that speaks in other words while ``active``, and has no metrics to scrape.

    With ``said``, it keeps what it answered in its own words and says the same in other words: figures such
    as a rate up to this moment would differ from one asking to the next.
    """

    active = False
    said: "dict[str, bytes] | None" = None

    def application(self, app: Flask) -> "WSGIApplication":
        """Put the rewording before the application."""

        def answer(
            environ: "WSGIEnvironment", start_response: "StartResponse"
        ) -> "Iterable[bytes]":
            if self.active:
                return self._reworded(app, environ)(environ, start_response)
            return self._plain(app, environ)(environ, start_response)

        return answer

    def _plain(self, app: Flask, environ: "WSGIEnvironment") -> "WSGIApplication":
        if self.said is None:
            return app
        plain = Response.from_app(app, environ, buffered=True)
        self.said[_question(environ)] = plain.get_data()
        return plain

    def _reworded(self, app: Flask, environ: "WSGIEnvironment") -> Response:
        if environ["PATH_INFO"] == "/metrics":
            return Response("", mimetype="text/plain")
        plain = Response.from_app(app, environ, buffered=True)
        if "json" in (plain.mimetype or ""):
            said = (self.said or {}).get(_question(environ), plain.get_data())
            plain.set_data(json.dumps(reworded(json.loads(said))))
        return plain


def _question(environ: "WSGIEnvironment") -> str:
    """Return what is asked; the times in a query differ from one asking to the next."""
    query = [pair for pair in parse_qsl(environ["QUERY_STRING"]) if pair[0] not in TIMES]
    return f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} {query}"


def drawn_facts(page: AppTest) -> list[tuple[object, ...]]:
    """Return what a page draws, without its words: elements, marks, choices, figures."""
    assert not page.exception, page.exception
    return [fact for node in page.main if (fact := _fact(node)) is not None]


def _fact(node: Any) -> tuple[object, ...] | None:
    kind = getattr(node, "type", "")
    if kind in TEXTS:
        return kind, *MARKS.findall(str(node.value))
    if kind in ("table", "arrow_table"):
        cells = [str(cell) for row in node.value.itertuples() for cell in row]
        return kind, node.value.shape, *[tuple(MARKS.findall(cell)) for cell in cells]
    if kind in ("arrow_data_frame", "dataframe"):
        return kind, node.value.shape, tuple(node.value.columns)
    if kind == "button":
        return kind, node.key, node.label, node.disabled
    if kind == "metric":
        return kind, node.label, node.value
    return (kind, getattr(node, "key", None)) if kind else None
