"""The table of settings in the reference, made from the settings themselves."""

from collections.abc import Iterator
from types import UnionType
from typing import Any, get_args

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from dashboard.settings import DashboardSettings
from storage.settings import Settings
from tests.documentation.markdown import page

INTRODUCTION = """
Settings come from the environment or from a `.env` file in the project's folder; the environment wins. An
empty value means the default. A process reads its settings when it starts, and one that is wrong ends it
with a sentence. What an operator changes while the system runs is in the [monitoring
configuration](monitoring-configuration.md) instead.
"""
UNITS = {
    "_microseconds": "us",
    "_seconds": "s",
    "_days": "days",
    "_bytes": "bytes",
    "_port": "TCP port",
    "_rows": "rows",
    "_share": "0 to 1",
}


def table() -> str:
    """Return the table in Markdown; a setting of both classes is listed once."""
    rows = dict(_rows(DashboardSettings)) | dict(_rows(Settings))
    lines = [rows[name] for name in sorted(rows)]
    head = "| setting | type | default | unit | what it does |\n|---|---|---|---|---|\n"
    return head + "".join(f"{line}\n" for line in lines)


def settings() -> str:
    """Return the page."""
    return page("Settings", INTRODUCTION, table(), wide=True)


def _rows(kind: type[BaseModel]) -> Iterator[tuple[str, str]]:
    for name, field in kind.model_fields.items():
        variable = f"HOUSING_{name.upper()}"
        cells = (f"`{variable}`", _kind(field.annotation), _default(field), _unit(name))
        yield variable, f"| {' | '.join(cells)} | {field.description} |"


def _kind(annotation: Any) -> str:
    kinds = get_args(annotation) if isinstance(annotation, UnionType) else (annotation,)
    names = [kind.__name__ for kind in kinds if kind is not type(None)]
    return " or ".join("secret" if name == SecretStr.__name__ else name for name in names)


def _default(field: FieldInfo) -> str:
    return (
        "none"
        if field.default is None
        else f"`{field.default}`"
        if field.default != ""
        else "empty"
    )


def _unit(name: str) -> str:
    return next((unit for ending, unit in UNITS.items() if name.endswith(ending)), "")
