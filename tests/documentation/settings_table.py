"""The tables of settings in the reference, made from the settings themselves."""

from collections.abc import Iterator
from types import UnionType
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from storage.setting_groups.environment import variables_of
from storage.settings import Settings
from tests.documentation.markdown import page

INTRODUCTION = """
Settings come from the environment or from a `.env` file in the project's folder; the environment wins. An
empty value means the default. A process reads its settings when it starts; a wrong value or a mistyped
name ends it with a sentence. What an operator changes while the system runs is in the [monitoring
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
TITLES = {"": "Everywhere", "mlflow": "MLflow", "log_writer": "Log-writer"}
"""Of the groups whose name in code is not the word for them."""


def table() -> str:
    """Return the settings in Markdown: a heading, a sentence and a table for each room."""
    return "\n".join(_section(*group) for group in _groups())


def settings() -> str:
    """Return the page."""
    return page("Settings", INTRODUCTION, table(), wide=True)


def settings_by_variable() -> dict[str, FieldInfo]:
    """Return every setting by its environment variable."""
    found = {}
    for variable, (*groups, field) in variables_of(Settings).items():
        model = Settings.model_fields[groups[0]].annotation if groups else Settings
        assert isinstance(model, type)
        assert issubclass(model, BaseModel)
        found[variable] = model.model_fields[field]
    return found


def _groups() -> Iterator[tuple[str, str, list[str]]]:
    """Yield each room's title, what its settings tune, and the rows of its table."""
    fields = settings_by_variable()
    rows: dict[str, list[str]] = {}
    for variable, (*groups, _) in variables_of(Settings).items():
        rows.setdefault(groups[0] if groups else "", []).append(_row(variable, fields[variable]))
    for name, lines in rows.items():
        group = Settings.model_fields[name].annotation if name else None
        sentence = group.__doc__ if group is not None else "What every process reads."
        yield TITLES.get(name, name.replace("_", " ").capitalize()), str(sentence), lines


def _section(title: str, sentence: str, lines: list[str]) -> str:
    head = "| setting | type | default | unit | what it does |\n|---|---|---|---|---|\n"
    return f"## {title}\n\n{sentence}\n\n{head}" + "".join(f"{line}\n" for line in lines)


def _row(variable: str, field: FieldInfo) -> str:
    cells = (f"`{variable}`", _kind(field.annotation), _default(field), _unit(variable.lower()))
    return f"| {' | '.join(cells)} | {field.description} |"


def _kind(annotation: Any) -> str:
    if get_origin(annotation) is Literal:
        return " or ".join(f"`{choice}`" for choice in get_args(annotation))
    kinds = get_args(annotation) if isinstance(annotation, UnionType) else (annotation,)
    names = [kind.__name__ for kind in kinds if kind is not type(None)]
    return " or ".join("secret" if name == SecretStr.__name__ else name for name in names)


def _default(field: FieldInfo) -> str:
    if field.default_factory is not None or field.default == "":
        return "empty"
    return "none" if field.default is None else f"`{field.default}`"


def _unit(name: str) -> str:
    return next((unit for ending, unit in UNITS.items() if name.endswith(ending)), "")
