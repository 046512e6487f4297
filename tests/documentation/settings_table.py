"""The README's table of settings, made from the settings themselves.

``python -m tests.documentation.settings_table`` writes it into the README.
"""

from collections.abc import Iterator
from types import UnionType
from typing import Any, get_args

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from dashboard.settings import DashboardSettings
from storage.settings import Settings
from tests.system import REPOSITORY

README = REPOSITORY / "README.md"
BEGIN = "<!-- settings -->\n"
END = "<!-- /settings -->"
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


def write() -> None:
    """Replace the table in the README."""
    before, _, rest = README.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    README.write_text(f"{before}{BEGIN}{table()}{END}{after}")


def _rows(settings: type[BaseModel]) -> Iterator[tuple[str, str]]:
    for name, field in settings.model_fields.items():
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


if __name__ == "__main__":
    write()
