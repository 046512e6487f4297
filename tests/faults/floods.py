"""Request bodies of 8 MB and less that cost as much as they can, and what a service pays for each."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import requests
from pydantic import BaseModel

from backend.protocols.open_inference import MODEL_NAME
from backend.web.operations import OPERATIONS
from storage.domain.inputs import FEATURE_NAMES
from tests.backend.live_service import ADMIN_KEY
from tests.system import bearer

LIMIT_BYTES = 8 * 1024 * 1024
ROWS = 10_000
JSON = {"Content-Type": "application/json"} | bearer(ADMIN_KEY)


@dataclass(frozen=True)
class Cost:
    """What one request cost its worker."""

    status: int
    problems: int
    seconds: float
    megabytes: float


def repeated(unit: bytes, begin: bytes, end: bytes, times: int | None = None) -> bytes:
    """Return ``unit``, separated by commas, as often as fits, or so many times."""
    fits = (LIMIT_BYTES - len(begin) - len(end)) // (len(unit) + 1)
    return begin + b",".join([unit] * (fits if times is None else times)) + end


def different_names(number: int) -> bytes:
    """Return so many fields of different names."""
    return b",".join(b'"a%d":1' % each for each in range(number))


def bodies_for_all() -> dict[str, bytes]:
    """Return bodies that no endpoint takes."""
    return {
        "700,000 unknown names": b"{" + different_names(700_000) + b"}",
        "one name again and again": repeated(b'"a":1', b"{", b"}"),
        "empty arrays": repeated(b"[]", b"[", b"]"),
        "empty objects": repeated(b"{}", b"[", b"]"),
        "numbers": repeated(b"1", b"[", b"]"),
        "texts": repeated(b'""', b"[", b"]"),
        "arrays in arrays": b"[" * LIMIT_BYTES,
        "objects in objects": b'{"a":' * (LIMIT_BYTES // 5),
        "a number of 8 MB": b'{"MedInc":' + b"9" * (LIMIT_BYTES - 20) + b"}",
        "a fraction of 8 MB": b'{"MedInc":0.' + b"9" * (LIMIT_BYTES - 20) + b"}",
        "a text of 8 MB": b'{"MedInc":"' + b"a" * (LIMIT_BYTES - 20) + b'"}',
        "a name of 8 MB": b'{"' + b"a" * (LIMIT_BYTES - 20) + b'":1}',
        "spaces": b" " * LIMIT_BYTES,
        "no end": repeated(b'"a":1', b"{", b""),
        "bytes that are no text": b"\xff" * LIMIT_BYTES,
    }


def bodies_for_list(name: str) -> dict[str, bytes]:
    """Return bodies for an endpoint that takes a list of rows under this name."""
    begin = b'{"%b":[' % name.encode()
    texts = b"{" + b",".join(b'"%b":"a"' % each.encode() for each in FEATURE_NAMES) + b"}"
    return {
        "10,000 empty rows": repeated(b"{}", begin, b"]}", ROWS),
        "10,000 rows of unknown names": repeated(
            b"{" + different_names(8) + b"}", begin, b"]}", ROWS
        ),
        "10,000 rows of texts": repeated(texts, begin, b"]}", ROWS),
        "a row of 80,000 names": begin + b"{" + different_names(80_000) + b"}]}",
        "a row of 800 names, then empty ones": repeated(
            b"{}", begin + b"{" + different_names(800) + b"},", b"]}", ROWS - 1
        ),
        "a row with a name of 8 MB": begin + b'{"' + b"a" * (LIMIT_BYTES - 40) + b'":1}]}',
        "8 MB of empty rows": repeated(b"{}", begin, b"]}"),
        "8 MB of empty arrays": repeated(b"[]", begin, b"]}"),
        "8 MB of numbers": repeated(b"1", begin, b"]}"),
    }


def endpoints_with_body() -> Iterator[tuple[str, str, type[BaseModel]]]:
    """Yield method, path and model of every endpoint that takes a body."""
    for name, operation in OPERATIONS.items():
        # By its version a model is looked for first, which is a 404 that costs nothing.
        if operation.body is not None and "<version>" not in name:
            method, _, template = name.partition(" ")
            path = template.replace("<model_name>", MODEL_NAME)
            yield method, path.replace("<", "").replace(">", ""), operation.body


def list_name(model: type[BaseModel]) -> str | None:
    """Return the first field that is a list; None without one."""
    properties = model.model_json_schema().get("properties", {})
    return next((name for name in properties if '"items"' in _text(properties[name])), None)


def cost(worker: int, send: Callable[[], requests.Response]) -> Cost:
    """Send a request, as the only one; return what it cost the worker, a process id.

    Memory is the highest that the process had, minus what it had before; Rust's and C's count.
    """
    Path(f"/proc/{worker}/clear_refs").write_text("5")  # begin the maximum anew
    before, begun = _kilobytes(worker, "VmRSS"), time.perf_counter()
    answer = send()
    seconds = time.perf_counter() - begun
    megabytes = (_kilobytes(worker, "VmHWM") - before) / 1e3
    problems = answer.json().get("validation_errors") or []
    return Cost(answer.status_code, len(problems), seconds, megabytes)


def _kilobytes(process: int, name: str) -> int:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def _text(schema: object) -> str:
    return str(schema).replace("'", '"')
