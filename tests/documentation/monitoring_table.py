"""The table of the monitoring configuration in the reference, made from its model."""

from storage.schema.monitoring_config import MonitoringConfig, bounds_of, unit_of
from tests.documentation.markdown import page

INTRODUCTION = """
What an operator changes while the system runs, with `PUT /monitoring/config` ([how
to](../how-to/configure-monitoring.md)). These values are rows of the database: each change is kept with who
made it and when, and is on the timeline. Until the first change, and while the database is away, the
defaults hold.
"""
SIGNS = {"gt": "above", "ge": "from", "lt": "below", "le": "to"}


def table() -> str:
    """Return the table in Markdown."""
    head = "| value | default | unit | allowed | what it does |\n|---|---|---|---|---|\n"
    return head + "".join(f"{_row(name)}\n" for name in MonitoringConfig.model_fields)


def monitoring_configuration() -> str:
    """Return the page."""
    return page("Monitoring configuration", INTRODUCTION, table(), wide=True)


def _row(name: str) -> str:
    field = MonitoringConfig.model_fields[name]
    allowed = " ".join(f"{SIGNS[bound]} {value}" for bound, value in bounds_of(name).items())
    cells = (f"`{name}`", f"`{field.default}`", unit_of(name), allowed or "true, false")
    return f"| {' | '.join(cells)} | {field.description} |"
