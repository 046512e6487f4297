"""The values of the monitoring configuration as a form, by what they are about."""

from typing import Any

import streamlit as st

from backend.contract.monitoring import ConfigResponse, ConfigValue
from dashboard.wording.foreign import plain
from dashboard.wording.moment import moment

Number = bool | int | float
GROUPS = {
    "Drift": ("drift_", "window_", "largest_window_"),
    "Error": ("performance_", "degradation_", "maximum_model_", "enough_"),
    "Retraining": ("automatic_", "cooldown_"),
    "Alerts": ("alert_",),
}
"""What a group's names begin with."""
OTHERS = "Others"
SHARE = "0 to 1"
"""The unit of a share, whose name says that it is one."""
LEAST_COLUMN_WIDTH = 230


def draw_form(found: ConfigResponse) -> dict[str, Number]:
    """Draw a control for each value; return those that differ from the ones in force."""
    _draw_state(found)
    groups = grouped(found.definitions)
    for tab, values in zip(st.tabs(list(groups)), groups.values(), strict=True):
        with tab, st.grid(3, min_column_width=LEAST_COLUMN_WIDTH, gap="medium"):
            for value in values:
                _draw_value(value, getattr(found.config, value.name))
    return changed(found)


def grouped(definitions: list[ConfigValue]) -> dict[str, list[ConfigValue]]:
    """Return the values by group, in their order; a group without any is left out."""
    found: dict[str, list[ConfigValue]] = {name: [] for name in (*GROUPS, OTHERS)}
    for value in definitions:
        names = (name for name, begins in GROUPS.items() if value.name.startswith(begins))
        found[next(names, OTHERS)].append(value)
    return {name: values for name, values in found.items() if values}


def changed(found: ConfigResponse) -> dict[str, Number]:
    """Return what a person set that differs from what is in force, by name."""
    shown = {value.name: st.session_state.get(key_of(value.name)) for value in found.definitions}
    return {
        name: value
        for name, value in shown.items()
        if value is not None and value != getattr(found.config, name)
    }


def key_of(name: str) -> str:
    """Return the key of a value's control."""
    return f"configuration_{name}"


def forget_form() -> None:
    """Show what is in force again."""
    for key in [key for key in st.session_state if str(key).startswith("configuration_")]:
        del st.session_state[key]


def label_of(value: ConfigValue) -> str:
    """Write the name of a value with its unit.

    Examples
    --------
    >>> hours = ConfigValue(name="window_hours", type="float", default=24.0, unit="h", help="", bounds={})
    >>> label_of(hours)
    'Window, h'
    """
    words = value.name.removeprefix("alert_").split("_")
    if value.unit not in ("", SHARE) and len(words) > 1:
        words = words[:-1]  # the last word is the unit
    title = " ".join(words).capitalize()
    return f"{title}, {value.unit}" if value.unit else title


def written(value: Number, unit: str = "") -> str:
    """Write a value.

    Examples
    --------
    >>> written(True), written(0.005), written(10_000, "rows")
    ('on', '0.005', '10,000 rows')
    """
    if isinstance(value, bool):
        return "on" if value else "off"
    digits = f"{value:,}" if isinstance(value, int) else f"{value:,.6g}"
    return f"{digits} {unit}" if unit and unit != SHARE else digits


def _draw_state(found: ConfigResponse) -> None:
    if not found.readable:
        st.warning("The database cannot be read: these are the defaults.")
    elif found.changed_at is None:
        st.caption("These are the defaults: nothing was changed yet.")
    else:
        by = plain(found.changed_by or "nobody")
        st.caption(f"Change {found.version}, {moment(found.changed_at)}, with the key of {by}.")


def _draw_value(value: ConfigValue, in_force: Number) -> None:
    words = f"{value.help} Default: {written(value.default, value.unit)}."
    key = key_of(value.name)
    st.session_state.setdefault(key, in_force)
    mark = " :orange[:material/edit:]" if st.session_state[key] != in_force else ""
    if value.type == "bool":
        st.toggle(label_of(value) + mark, key=key, help=words)
        return
    st.number_input(label_of(value) + mark, key=key, help=words, **_limits(value))


def _limits(value: ConfigValue) -> dict[str, Any]:
    """Return the ends of a number; those that are not included are left to the service to judge."""
    kind: type[int] | type[float] = int if value.type == "int" else float
    ends = {"min_value": value.bounds.get("ge", value.bounds.get("gt"))}
    ends["max_value"] = value.bounds.get("le", value.bounds.get("lt"))
    found: dict[str, Any] = {
        name: kind(number) for name, number in ends.items() if number is not None
    }
    return found | ({"step": 1} if kind is int else {"format": "%.6g"})
