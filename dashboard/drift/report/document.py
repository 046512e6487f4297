"""The shown comparison as one HTML file to send on: it needs no network, no script and no other file."""

from collections.abc import Iterator

from backend.contract.definition import TITLE
from backend.contract.drift.analysis import ColumnScore, DriftWindowResponse
from backend.contract.drift.refused import RefusedResponse
from backend.contract.service import VERSION
from dashboard.drift.refused import refused_reasons
from dashboard.drift.report.charts import histogram_figure, sparks, timeline_figure
from dashboard.drift.report.markup import bullets, element, facts, paragraph, table, text
from dashboard.drift.table import ranking, score_of, state_words
from dashboard.shared.sources import left_out_words
from dashboard.wording.drift_words import (
    column_label,
    drifted_words,
    probability,
    usual_verdict,
    usual_words,
    verdict,
)
from dashboard.wording.harm_words import cause_title
from dashboard.wording.moment import period, to_the_second
from dashboard.wording.reference_words import compared_title, reference_words, segment_words
from dashboard.wording.value import percent
from dashboard.wording.words import capitalized
from dashboard.wording.zone import zone_name

# Whoever opens it need not trust it: no browser loads or runs anything for this page.
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2rem; } h3 { font-size: 1rem; margin: 0; }
table { border-collapse: collapse; width: 100%; } tbody th { font-weight: 600; }
th, td { text-align: left; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid #7d959d66; }
.scroll { overflow-x: auto; } figure { margin: 1.5rem 0; } figcaption, .quiet { opacity: .75; }
svg { width: 100%; max-width: 46rem; height: auto; } svg text { font-size: 12px; fill: currentColor; }
svg.spark { width: 7rem; height: 1.6rem; } .faint { stroke: #7d959d55; }
@media print { body { margin: 0; } }
"""


def drift_report(found: DriftWindowResponse, refused: RefusedResponse, traffic: str) -> str:
    """Return the report of a comparison.

    Parameters
    ----------
    refused
        What was refused in the same window.
    traffic
        Whose predictions were compared, in words.
    """
    parts = [
        element("h1", text(f"Drift report: {TITLE}")),
        facts(_about(found, traffic)),
        *_verdicts(found),
        *_harm(found),
        *(_refused(refused) if found.where is None else ()),
        *_columns(found),
        *_opened(found),
        paragraph(_foot(found), class_="quiet"),
    ]
    head = (
        '<meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{text(POLICY)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        + element("title", text(f"Drift report: {TITLE}, {to_the_second(found.until)}"))
        + element("style", STYLE)
    )
    body = element("main", "".join(parts))
    return f'<!doctype html>\n<html lang="en"><head>{head}</head><body>{body}</body></html>\n'


def _about(found: DriftWindowResponse, traffic: str) -> dict[str, str]:
    analysis = found.drift_analysis
    newest = "the newest " if found.truncated else ""
    return {
        "Period": period(found.since, found.until),
        **({"Rows": capitalized(segment_words(found))} if found.where is not None else {}),
        "Compared with": reference_words(found),
        "Predictions": f"{newest}{analysis.n_samples:,}, {analysis.different_rows:,} of them different",
        "Traffic": traffic,
        "Not counted": left_out_words(found.left_out).removeprefix(" Not counted: ") or "None.",
    }


def _verdicts(found: DriftWindowResponse) -> Iterator[str]:
    analysis, usual, alarm = found.drift_analysis, found.usual_traffic, found.alarm
    yield element("h2", text(f"{verdict(analysis).title}{compared_title(found)}"))
    if analysis.status == "ok":
        yield paragraph(f"{drifted_words(analysis)}.")
    yield bullets(analysis.reasons)
    yield paragraph(f"{'Alarm' if alarm.raised else 'No alarm'}: {alarm.reason}")
    if found.reference.kind != "training" or found.where is not None:
        return
    yield element("h2", text(usual_verdict(usual).title))
    yield paragraph(f"{usual_words(usual)}.")
    yield bullets(usual.reasons if usual.drifted else [])


def _harm(found: DriftWindowResponse) -> Iterator[str]:
    harm = found.harm
    if harm is None:
        return
    yield element("h2", text(f"Cause and cost: {cause_title(harm.cause.name).title}"))
    yield paragraph(harm.cause.reason)
    yield bullets([*harm.amounts, *harm.left_out])
    yield paragraph("Intervals are 95%, errors are compared with the holdout's.", class_="quiet")


def _refused(refused: RefusedResponse) -> Iterator[str]:
    if refused.fields:
        yield element("h2", text(f"Requests refused for an input: {refused.requests:,}"))
        yield bullets(refused_reasons(refused))


def _columns(found: DriftWindowResponse) -> Iterator[str]:
    names = ranking(found.drift_analysis)
    if not names:
        return
    titles = ["Input", "Verdict", "Reference", "Current", "KS statistic", "p (corrected)", "n"]
    rows = [_cells(found, name) for name in names]
    yield element("h2", "Inputs by severity")
    yield element("div", table([*titles, "Missing", "Out of range"], rows), class_="scroll")
    yield paragraph(f"{capitalized(found.drift_analysis.method)}.", class_="quiet")


def _cells(found: DriftWindowResponse, name: str) -> list[str]:
    score, label = score_of(found.drift_analysis, name), column_label(name)
    return [
        text(label),
        text(state_words(score)),
        *sparks(label, found.histograms.get(name)),
        *map(text, _figures(score)),
    ]


def _figures(score: ColumnScore) -> list[str]:
    moved = "–" if score.ks_statistic is None else percent(score.ks_statistic)
    return [
        moved,
        probability(score.adjusted_p_value),
        f"{score.n_samples:,}",
        percent(score.missing_share),
        percent(score.out_of_range_share),
    ]


def _opened(found: DriftWindowResponse) -> Iterator[str]:
    opened = found.opened
    if opened is None:
        return
    yield element("h2", text(f"{column_label(opened.name)} in detail"))
    yield histogram_figure(opened, found.histograms[opened.name])
    yield timeline_figure(opened)


def _foot(found: DriftWindowResponse) -> str:
    return (
        f"Compared {to_the_second(found.timestamp)}; times are in {zone_name()}. "
        f"Model {found.model_version}, {TITLE} {VERSION}. Inputs cannot show that actual values changed "
        "while the inputs did not: only actual values do."
    )
