"""The words of the Registry page: which of two versions is better, and why the gate decided."""

from datetime import UTC, datetime

from backend.contract.models.registry import LearnedTable, ModelsResponse, ModelVersion
from backend.contract.models.version import ComparisonResponse, GateVerdict
from backend.contract.performance import Estimate, RealizedError
from dashboard.registry.figures import are_measured
from dashboard.registry.sides import Name
from dashboard.registry.slices import forest_option, mark_style
from dashboard.registry.words import outcome, table_words, trained_words
from dashboard.shared.gate_verdict import reason_words
from dashboard.wording.version_words import state_of
from storage.schema.records import utc_now

NAMES = (Name("Champion", "champion"), Name("Challenger", "challenger"))


def estimate(lower: float, upper: float) -> Estimate:
    return Estimate(value=(lower + upper) / 2, lower=lower, upper=upper)


def comparison(difference: Estimate | None) -> ComparisonResponse:
    known = difference is not None
    return ComparisonResponse(
        version="new",
        against="old",
        status="ok" if known else "not_enough_data",
        reason=None if known else "The versions cannot be compared: 3 rows.",
        rows=400 if known else 0,
        rmse=0.4 if known else None,
        against_rmse=0.4 if known else None,
        difference=difference,
        slice_confidence=0.99 if known else None,
        slices=[],
    )


def test_only_what_is_beyond_doubt_is_called_better_or_worse() -> None:
    titles = [
        outcome(comparison(difference), "challenger").title
        for difference in (estimate(-0.2, -0.1), estimate(0.1, 0.2), estimate(-0.1, 0.2), None)
    ]
    assert titles == [
        "The challenger is better",
        "The challenger is worse",
        "No significant difference",
        "Not comparable",
    ]
    marks = {mark_style(one) for one in (estimate(-2, -1), estimate(1, 2), estimate(-1, 1))}
    assert len(marks) == 3
    assert forest_option(comparison(None), *NAMES)["series"] == []


def test_a_chart_without_any_difference_has_zero_in_its_middle() -> None:
    axis = forest_option(comparison(estimate(0.0, 0.0)), *NAMES)["xAxis"]
    assert axis["min"] == -axis["max"]
    assert "min" not in forest_option(comparison(estimate(-0.1, 0.2)), *NAMES)["xAxis"]


def promotion(branch: str) -> GateVerdict:
    """The promotion of version "old" in place of "new"."""
    recent = {
        "name": "better on the recent part",
        "passed": True,
        "required": False,
        "sentence": "better",
        "figures": {"rows": 815, "challenger_rmse": 0.4054, "champion_rmse": 0.605},
    }
    facts: dict[str, object] = {
        "trigger_id": "t",
        "judged_at": None,
        "promote": True,
        "source": "drift",
        "reason": "-",
    }
    facts |= {"branch": branch, "champion_version": "new", "checks": [recent]}
    return GateVerdict.model_validate(facts)


def test_a_champion_promoted_by_recent_rows_says_so_where_older_rows_prefer_the_other() -> None:
    by_recent = promotion("better on recent")
    found = outcome(comparison(estimate(-0.2, -0.1)), "previous version", by_recent)
    assert (
        found.title == "The previous version is better on the holdout, the champion on recent rows"
    )
    assert (
        "The champion replaced it because of 815 recent labelled predictions: RMSE \\$40,500 there, the "
        "other's \\$60,500." in found.sentence
    )
    equal = outcome(comparison(estimate(-0.1, 0.1)), "previous version", by_recent)
    assert equal.title == "No significant difference"
    assert "because of 815 recent" in equal.sentence


def test_the_same_model_once_more_is_neither_better_nor_worse() -> None:
    alike = comparison(estimate(0.0, 0.0))
    titles = [
        outcome(alike.model_copy(update={"sameness": same}), "identical version").title
        for same in ("identical", "same model")
    ]
    assert titles == ["Identical models", "The same model with other intervals"]


def test_other_promotions_and_other_versions_do_not_explain_a_comparison() -> None:
    by_recent = promotion("better on recent")
    of_another = by_recent.model_copy(update={"champion_version": "third"})
    for verdict in (None, promotion("better"), of_another):
        found = outcome(comparison(estimate(-0.2, -0.1)), "previous version", verdict)
        assert found.title == "The previous version is better"
        assert "recent" not in found.sentence


def version(**others: object) -> ModelVersion:
    facts: dict[str, object] = {
        "version": "v",
        "model_name": "ridge",
        "model_type": "Ridge",
        "created_at": utc_now(),
        "trained_at": utc_now(),
        "metrics": {},
        "parameters": {},
        "dataset_sha256": "0123456789ab" + 52 * "c",
        "mlflow_run_id": None,
        "is_champion": True,
        "is_previous": False,
    }
    return ModelVersion.model_validate(facts | others)


def test_a_newer_version_that_served_is_no_challenger() -> None:
    made = [datetime(2026, 11, day, tzinfo=UTC) for day in (1, 2, 3, 4)]
    first, second, third, fourth = (
        version(
            version=f"v{at.day}", created_at=at, trained_at=at, is_champion=False, has_served=True
        )
        for at in made
    )
    found = ModelsResponse(
        versions=[
            fourth.model_copy(
                update={"version": "v5", "has_served": False, "same_as_champion": "identical"}
            ),
            fourth.model_copy(update={"has_served": False}),
            third.model_copy(update={"is_previous": True}),
            second,
            first.model_copy(update={"is_champion": True}),
        ],
        champion="v1",
        previous="v3",
        changed_at=made[-1],
        unreadable=[],
    )
    states = [state_of(one, found) for one in found.versions]
    assert states == ["Identical", "Challenger", "Previous", "Earlier", "Champion"]


def test_the_training_table_is_named_with_its_rows_and_checksum() -> None:
    old = version()
    assert table_words(old) == ":gray[name not recorded] · :gray[SHA-256 0123456789ab]"
    table = LearnedTable(source="file", name="mine.csv", rows=3000)
    new = old.model_copy(update={"table": table})
    assert table_words(new) == "`mine.csv` · 3,000 rows · :gray[SHA-256 0123456789ab]"


def test_a_version_with_new_intervals_alone_was_trained_when_its_model_was() -> None:
    trained, made = datetime(2026, 11, 1, 8, tzinfo=UTC), datetime(2026, 11, 30, 9, tzinfo=UTC)
    found = version(created_at=made, trained_at=trained)
    assert trained_words(found).endswith("trained 2026-11-01 08:00 UTC")


def test_a_promotions_reason_is_its_deciding_checks_and_others_are_a_sentence() -> None:
    facts: dict[str, object] = {
        "trigger_id": "t",
        "judged_at": None,
        "promote": True,
        "branch": "no champion",
        "source": "manual",
        "champion_version": None,
        "reason": "there is no champion that could be compared",
        "checks": [],
    }
    alone = GateVerdict.model_validate(facts)
    assert reason_words(alone) == "There is no champion that could be compared."
    check = {
        "name": "latency",
        "passed": False,
        "required": True,
        "sentence": "too slow",
    }
    names = [f"no loss on {place}" for place in range(8)]
    checks = [check | {"name": name} for name in names]
    refused = facts | {"checks": checks, "decided_by": names}
    assert reason_words(GateVerdict.model_validate(refused)) == "\n".join(
        ["- Too slow."] * 5 + ["- And 3 more, below."]
    )


def test_versions_without_a_figure_get_no_empty_axes() -> None:
    few = RealizedError.unknown("48 holdout rows", 48)
    assert not are_measured([few])
    measured = few.model_copy(update={"rmse": Estimate(value=0.4, lower=0.3, upper=0.5)})
    assert are_measured([few, measured])
