"""The tables that a person reads, and the bars."""

from collections.abc import Mapping
from typing import Any

from tests.benchmarks.monitoring.rules import RULES, TITLES

Results = Mapping[str, Any]


def tables(results: Results) -> str:
    """Return the result as Markdown."""
    parts = []
    if results.get("rates"):
        parts.append(_rate_table(results["rates"]))
    if "spoiled" in results:
        parts.append(_rate_table({"500": results["spoiled"]}))
    if "alarms" in results:
        parts.append(_alarm_table(results["alarms"]))
    if "traffic" in results:
        parts.append(_traffic_table(results["traffic"], results.get("traffic_months", {})))
    if "milliseconds" in results:
        parts.append(_time_table(results["milliseconds"]))
    return "\n\n".join(parts)


def bars(results: Results) -> dict[str, dict[str, float | bool]]:
    """Return the bars that these results can be held against."""
    rates, found = results.get("rates", {}), {}
    for number, by_change in rates.items():
        if int(number) >= 500:
            found[f"false alarms at n = {number}"] = _at_most(by_change["quiet"]["ours"], 0.01)
    if "500" in rates:
        found["MedInc +10 % at n = 500"] = _at_least(rates["500"]["MedInc +10 %"]["ours"], 0.9)
    if "2000" in rates:
        for name in ("MedInc shuffled", "place shuffled"):
            found[f"{name} at n = 2000"] = _at_least(rates["2000"][name]["ours"], 0.95)
    for name, shares in results.get("spoiled", {}).items():
        if name == "quiet":
            found["false alarms beside spoiled rows"] = _at_most(shares["ours"], 0.01)
        else:
            smallest = 0.5 if name.startswith("another") else 0.9
            found[f"{name} at n = 500"] = _at_least(shares["ours"], smallest)
    if "alarms" in results:
        for kind, figures in results["alarms"].items():
            found[f"false alarms in 30 days, {kind}"] = _at_most(figures["alarms"], 1.0)
    if "traffic" in results:
        found |= _traffic_bars(results["traffic"], results.get("traffic_months", {}))
    if "milliseconds" in results:
        milliseconds = results["milliseconds"]
        found["univariate report (ms)"] = _at_most(milliseconds["univariate"], 40.0)
        found["report with the domain classifier (ms)"] = _at_most(milliseconds["full"], 1000.0)
    return found


def _traffic_bars(
    rates: Mapping[str, Mapping[str, float]], months: Mapping[str, Mapping[str, float]]
) -> dict[str, dict[str, float | bool]]:
    found = {}
    for name, shares in rates.items():
        found[f"{name}: called drifted"] = _at_most(shares["usual"], 0.02)
        if name in months:
            found[f"{name}: alarms in 30 days"] = _at_most(months[name]["alarms"], 1.0)
        if "row" not in name:  # a day of rows that were asked again has fewer than 500
            smallest = 0.6 if "clients" in name else 0.9
            found[f"{name}: MedInc +10 % seen"] = _at_least(shares["seen"], smallest)
    return found


def _at_most(value: float, bar: float) -> dict[str, float | bool]:
    return {"value": value, "at_most": bar, "met": value <= bar}


def _at_least(value: float, bar: float) -> dict[str, float | bool]:
    return {"value": value, "at_least": bar, "met": value >= bar}


def _rate_table(rates: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> str:
    header = [f"{rule}, n = {number}" for number in rates for rule in RULES]
    lines = [f"| window | {' | '.join(header)} |", f"|---|{'---:|' * len(header)}"]
    for name in next(iter(rates.values())):
        cells = [f"{rates[number][name][rule]:.1%}" for number in rates for rule in RULES]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    words = "; ".join(f"*{rule}*: {TITLES[rule]}" for rule in RULES)
    return "\n".join([f"Share of windows called drifted. {words}.", "", *lines])


def _traffic_table(
    rates: Mapping[str, Mapping[str, float]], months: Mapping[str, Mapping[str, float]]
) -> str:
    lines = [
        "| traffic, 500 rows a day | before | from training | from usual traffic | MedInc +10 % seen "
        "| alarms in 30 days | before |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name, shares in rates.items():
        figures = " | ".join(
            f"{shares[rule]:.1%}" for rule in ("before", "training", "usual", "seen")
        )
        alarms = "– | –"
        if name in months:
            alarms = f"{months[name]['alarms']:.1f} | {months[name]['alarms_before']:.0f}"
        lines.append(f"| {name} | {figures} | {alarms} |")
    return "\n".join(lines)


def _alarm_table(alarms: Mapping[str, Mapping[str, float]]) -> str:
    lines = [
        "| 30 quiet days, hourly checks | months | drifted checks | alarms | worst month | usual rule |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for kind, figures in alarms.items():
        lines.append(
            f"| {kind} | {figures['months']} | {figures['drifted_checks']:.1f} "
            f"| {figures['alarms']:.2f} | {figures['worst_month']:.0f} "
            f"| {figures['usual_rule_alarms']:.1f} |"
        )
    return "\n".join(lines)


def _time_table(milliseconds: Mapping[str, float]) -> str:
    return (
        f"One report, 16,512 reference rows against 10,000: {milliseconds['univariate']:.0f} ms for the "
        f"columns, {milliseconds['full']:.0f} ms with the domain classifier (processor time; elapsed "
        f"{milliseconds['univariate_elapsed']:.0f} and {milliseconds['full_elapsed']:.0f} ms; medians)."
    )
