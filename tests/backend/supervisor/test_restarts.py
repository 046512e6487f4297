"""When an ended process is started again."""

from hypothesis import given
from hypothesis import strategies as st

from backend.supervisor.restarts import LONGEST_PAUSE_SECONDS, STEADY_SECONDS, Restarts

EARLY = st.floats(0, STEADY_SECONDS, exclude_max=True)
ANY_RUN = st.floats(0, 1e9)


def after(runs: list[float]) -> Restarts:
    restarts = Restarts()
    for seconds in runs:
        restarts = restarts.after(seconds)
    return restarts


@given(st.lists(ANY_RUN, max_size=50), st.lists(EARLY, min_size=1, max_size=2000))
def test_pauses_grow_to_the_longest_and_no_further(before: list[float], early: list[float]) -> None:
    restarts, pause = after(before), 0.0
    for seconds in early:
        restarts = restarts.after(seconds)
        assert pause <= restarts.pause_seconds <= max(2 * pause, LONGEST_PAUSE_SECONDS)
        pause = restarts.pause_seconds
        assert pause > 0
    if len(early) >= 6:
        assert pause == LONGEST_PAUSE_SECONDS
        assert restarts.keeps_ending


@given(st.lists(ANY_RUN, max_size=50), st.floats(STEADY_SECONDS, 1e9))
def test_after_a_steady_run_it_is_back_within_a_second(before: list[float], steady: float) -> None:
    restarts = after([*before, steady])
    assert 0 < restarts.pause_seconds <= 1
    assert not restarts.keeps_ending


@given(st.lists(ANY_RUN, max_size=50))
def test_every_end_is_counted(runs: list[float]) -> None:
    assert after(runs).total == len(runs)
