"""What is planned, for any scenario, rate and seed; and what each scenario changes."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.simulate.plan import Phase, PlannedRequest, Traffic, plan
from backend.simulate.scenario import FULL, ONSET, SCENARIOS, RowPool, Scenario
from storage.domain.identity import PLACE
from storage.domain.inputs import FEATURE_NAMES, HousingFeatures
from storage.domain.simulated import STUCK_AT
from storage.domain.target import TARGET_CAP
from training.dataset.splits import Part
from training.features.columns import INCOME

scenarios = st.sampled_from(list(SCENARIOS.values()))
phases = st.lists(st.builds(Phase, scenarios, st.floats(0.5, 20)), min_size=1, max_size=3)
traffic = st.builds(
    Traffic,
    rate=st.floats(0.5, 10),
    seed=st.integers(0, 2**32),
    day_seconds=st.none() | st.floats(1, 60),
)
reuse_rows = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@reuse_rows
@given(phases=phases, traffic=traffic)
def test_the_same_seed_plans_the_same(
    districts: RowPool, phases: list[Phase], traffic: Traffic
) -> None:
    assert list(plan(districts, phases, traffic)) == list(plan(districts, phases, traffic))


@reuse_rows
@given(phases=phases, traffic=traffic)
def test_times_ascend_within_their_phases(
    districts: RowPool, phases: list[Phase], traffic: Traffic
) -> None:
    planned = list(plan(districts, phases, traffic))
    times = [request.at for request in planned]
    assert all(earlier < later for earlier, later in pairwise(times))
    assert all(0 < at < sum(phase.seconds for phase in phases) for at in times)
    ends = np.cumsum([phase.seconds for phase in phases])
    for request in planned:
        phase = phases[int(np.searchsorted(ends, request.at, side="right"))]
        assert request.scenario == phase.scenario.name


@reuse_rows
@given(phases=phases, traffic=traffic)
def test_every_row_is_accepted_unless_it_is_a_mistake(
    districts: RowPool, phases: list[Phase], traffic: Traffic
) -> None:
    for request in plan(districts, phases, traffic):
        for row in request.rows:
            assert 0 < row.actual <= TARGET_CAP
            assert all(delay >= 0 for delay in row.label_delays)
            refused = HousingFeatures.model_validate
            if request.mistake:
                with pytest.raises(ValueError, match="Latitude"):
                    refused(row.features.model_dump())
            else:
                assert refused(row.features.model_dump()) == row.features


def test_another_seed_plans_something_else(districts: RowPool) -> None:
    one, other = (_planned(districts, "steady", seed=seed) for seed in (1, 2))
    assert one != other


@pytest.mark.parametrize("day_seconds", [None, 30.0])
def test_the_mean_rate_is_what_was_asked(districts: RowPool, day_seconds: float | None) -> None:
    asked = Traffic(rate=20, seed=0, day_seconds=day_seconds)
    planned = list(plan(districts, [Phase(SCENARIOS["steady"], 120)], asked))
    # 2,400 expected: six standard deviations of a Poisson count are 294
    assert abs(len(planned) - 2_400) < 294


def test_a_day_has_a_quiet_and_a_busy_half(districts: RowPool) -> None:
    asked = Traffic(rate=20, seed=0, day_seconds=60)
    times = np.array(
        [request.at for request in plan(districts, [Phase(SCENARIOS["steady"], 120)], asked)]
    )
    busy = np.abs(times % 60 - 30) < 15
    assert busy.sum() > 1.5 * (~busy).sum()


def test_steady_traffic_is_the_held_out_rows_themselves(districts: RowPool) -> None:
    rows = districts.held_out
    known = {tuple(inputs): price for inputs, price in zip(rows.inputs, rows.targets, strict=True)}
    for request in _planned(districts, "steady"):
        for row in () if request.mistake else request.rows:
            assert known[tuple(row.features.vector())] == row.actual


def test_drift_moves_the_income_and_nothing_else_changes_a_row(districts: RowPool) -> None:
    known = {tuple(inputs) for inputs in districts.held_out.inputs}
    planned = _planned(districts, "drift")
    assert all(
        tuple(row.features.vector()) in known
        for request in planned
        for row in (() if request.mistake else request.rows)
    )
    spread = districts.held_out.inputs[:, INCOME].std()
    assert _income(planned, late=True) - _income(planned, late=False) > 0.5 * spread


def test_a_broken_sensor_is_stuck_from_the_onset_on(districts: RowPool) -> None:
    planned = _planned(districts, "broken-sensor")
    before, after = (_occupancies(planned, late=late) for late in (False, True))
    assert after == {STUCK_AT}
    assert len(before) > 20


def test_degradation_raises_prices_and_leaves_inputs(districts: RowPool) -> None:
    worse = _planned(districts, "degradation")
    usual = _planned(districts, "steady")
    assert [_inputs(request) for request in worse] == [_inputs(request) for request in usual]
    late = [(one, other) for one, other in zip(worse, usual, strict=True) if one.at > FULL * 100]
    for one, other in late:
        for raised, row in zip(one.rows, other.rows, strict=True):
            assert raised.actual == pytest.approx(min(row.actual * 4 / 3, TARGET_CAP))


def test_nobody_asks_during_the_middle_of_an_outage(districts: RowPool) -> None:
    times = np.array([request.at for request in _planned(districts, "outage")])
    assert not ((times > 100 / 3) & (times < 200 / 3)).any()
    assert (times < 100 / 3).sum() > 100
    assert (times > 200 / 3).sum() > 100


def test_late_labels_are_later_than_usual_and_out_of_order(districts: RowPool) -> None:
    due = [
        request.at + row.label_delays[0]
        for request in _planned(districts, "late-labels")
        for row in request.rows
        if row.label_delays
    ]
    assert due != sorted(due)
    usual = _delays(_planned(districts, "steady"))
    assert min(_delays(_planned(districts, "late-labels"))) > np.quantile(usual, 0.99)


def test_new_homes_stand_where_a_retraining_may_learn(districts: RowPool) -> None:
    learned = {tuple(place) for place in districts.learned.inputs[:, PLACE].tolist()}
    planned = _planned(districts, "new-homes")
    asked = [row for request in planned if not request.mistake for row in request.rows]
    assert {(row.features.Latitude, row.features.Longitude) for row in asked} <= learned
    assert {row.features.HouseAge for row in asked} <= {1, 2, 3}
    usual = float(districts.learned.targets.mean())
    assert np.mean([row.actual for row in asked]) > 1.3 * usual


def test_a_part_of_equal_incomes_has_no_drift_to_offer() -> None:
    alike = Part(np.ones((5, len(FEATURE_NAMES))), np.ones(5))
    assert SCENARIOS["drift"].weights(alike, 1.0) is None


@given(progress=st.floats(0, 1))
def test_weights_are_a_distribution(progress: float) -> None:
    some = Part(np.linspace(1, 9, 40).reshape(5, 8), np.ones(5))
    for scenario in SCENARIOS.values():
        weights = scenario.weights(some, progress)
        if weights is not None:
            assert weights.sum() == pytest.approx(1)
            assert (weights >= 0).all()


def _planned(districts: RowPool, name: str, seed: int = 3) -> list[PlannedRequest]:
    scenario: Scenario = SCENARIOS[name]
    return list(plan(districts, [Phase(scenario, 100)], Traffic(rate=10, seed=seed)))


def _income(planned: list[PlannedRequest], *, late: bool) -> float:
    incomes = [row.features.MedInc for request in _part(planned, late) for row in request.rows]
    return float(np.mean(incomes))


def _occupancies(planned: list[PlannedRequest], *, late: bool) -> set[float]:
    return {row.features.AveOccup for request in _part(planned, late) for row in request.rows}


def _part(planned: list[PlannedRequest], late: bool) -> list[PlannedRequest]:
    if late:
        return [request for request in planned if request.at >= FULL * 100]
    return [request for request in planned if request.at < ONSET * 100]


def _inputs(request: PlannedRequest) -> list[list[float]]:
    return [row.features.vector() for row in request.rows]


def _delays(planned: list[PlannedRequest]) -> list[float]:
    return [row.label_delays[0] for request in planned for row in request.rows if row.label_delays]
