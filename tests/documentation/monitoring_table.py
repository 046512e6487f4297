"""The README's table of the monitoring configuration, made from its model.

``python -m tests.documentation.monitoring_table`` writes it into the README.
"""

from storage.schema.monitoring_config import MonitoringConfig, bounds_of, unit_of
from tests.documentation.settings_table import README

BEGIN = "<!-- monitoring configuration -->\n"
END = "<!-- /monitoring configuration -->"
SIGNS = {"gt": "above", "ge": "from", "lt": "below", "le": "to"}


def table() -> str:
    """Return the table in Markdown."""
    head = "| value | default | unit | allowed | what it does |\n|---|---|---|---|---|\n"
    return head + "".join(f"{_row(name)}\n" for name in MonitoringConfig.model_fields)


def write() -> None:
    """Replace the table in the README."""
    before, _, rest = README.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    README.write_text(f"{before}{BEGIN}{table()}{END}{after}")


def _row(name: str) -> str:
    field = MonitoringConfig.model_fields[name]
    allowed = " ".join(f"{SIGNS[bound]} {value}" for bound, value in bounds_of(name).items())
    cells = (f"`{name}`", f"`{field.default}`", unit_of(name), allowed or "true, false")
    return f"| {' | '.join(cells)} | {field.description} |"


if __name__ == "__main__":
    write()
