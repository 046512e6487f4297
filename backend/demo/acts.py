"""The acts of the demo: traffic with problems, a retraining that learns from it, more of that traffic."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from rich.console import Console

from backend.client import HousingClient
from backend.contract.performance import PerformanceQuery
from backend.contract.retraining.runs import RetrainingResponse
from backend.demo.retraining import NoVerdict, follow, is_in_service, request
from backend.simulate.display import conclusion
from backend.simulate.new_rows import NAME, SUMMARY
from backend.simulate.plan import Phase, Traffic
from backend.simulate.run import simulate
from backend.simulate.scenario import SCENARIOS, RowPool
from backend.simulate.tally import Tally
from storage.domain.written import written_exactly

PROBLEMS = ("steady", "late-labels", "drift", "broken-sensor", "outage")
PROBLEM_RATE = 10.0
NEW, NEW_RATE = NAME, 15.0


@dataclass(frozen=True)
class Lengths:
    """Seconds of each problem, of rows of a new kind, and of those after the retraining.

    By default some 1,500 new rows are asked about: enough to learn from, and to prove that it helped.
    """

    problem: float = 8.0
    new: float = 50.0
    again: float = 25.0


class Demo:
    """Carries the acts out and says what happens.

    Parameters
    ----------
    connect
        Makes a client with an operator's key.
    seed
        Of the traffic.
    """

    def __init__(
        self,
        connect: Callable[[], HousingClient],
        pool: RowPool,
        seed: int,
        console: Console,
        lengths: Lengths | None = None,
    ) -> None:
        self._connect = connect
        self._pool = pool
        self._seed = seed
        self._console = console
        self._lengths = lengths or Lengths()

    def run(self) -> None:
        """Send traffic with problems, retrain, and send the same kind of traffic again.

        Raises
        ------
        ClientError
            If the service is not there, or refuses.
        NoVerdict
            If the retraining did not come to a verdict.
        KeyboardInterrupt
            If a person stops it.
        """
        with self._connect() as client:
            self.say(f"1/4 Traffic with problems, for the champion {client.info().model_version}.")
            self._send_problems()
            self._send_new(self._lengths.new, self._seed)
            self.say(f"    Its error in the last minute: {_recent_error(client)}.")
            self._tell(client, self._retrain(client))
            self.say(f"4/4 Others: {SUMMARY}, for {client.info().model_version}.")
            self._send_new(self._lengths.again, self._seed + 1)
            self.say(f"    Its error in the last minute: {_recent_error(client)}.")

    def say(self, text: str) -> None:
        """Print a paragraph."""
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def _tell(self, client: HousingClient, closed: RetrainingResponse) -> None:
        """Say the verdict, and wait until the service follows it: only then is the next act about it."""
        self.say(f"    {_verdict(closed)}")
        if closed.promoted and closed.version and not is_in_service(client, closed.version):
            self.say(f"    Not every worker of the service serves {closed.version} yet.")

    def _retrain(self, client: HousingClient) -> RetrainingResponse:
        check = client.retraining_check()
        advice = "Yes:" if check.should_retrain else "Not necessarily; the demo does it anyway."
        self.say("\n      ".join([f"2/4 Should we retrain? {advice}", *check.reasons]))
        trigger_id = request(client, check)
        self.say(f"3/4 Retraining {trigger_id}, on the table and what was labelled.")
        return follow(client, trigger_id, self._console)

    def _send_problems(self) -> None:
        phases = [Phase(SCENARIOS[name], self._lengths.problem) for name in PROBLEMS]
        self._send(phases, Traffic(PROBLEM_RATE, self._seed))

    def _send_new(self, seconds: float, seed: int) -> None:
        self._send([Phase(SCENARIOS[NEW], seconds)], Traffic(NEW_RATE, seed))

    def _send(self, phases: list[Phase], traffic: Traffic) -> None:
        for phase in phases:
            self.say(f"    {phase.seconds:g} s {phase.scenario.name}: {phase.scenario.summary}")
        tally = Tally()
        if not simulate(self._pool, phases, traffic, self._connect, tally, self._console):
            raise KeyboardInterrupt
        self.say(conclusion(tally))


def _recent_error(client: HousingClient) -> str:
    """Return the realized error of the served version in the last minute, in words."""
    found = client.performance(PerformanceQuery(window=timedelta(minutes=1))).realized
    if found.rmse is None:
        return f"unknown ({found.reason})"
    lower, value, upper = (
        written_exactly(error) for error in (found.rmse.lower, found.rmse.value, found.rmse.upper)
    )
    return f"RMSE {value} ({lower} to {upper}) on {found.rows:,} labelled predictions"


def _verdict(closed: RetrainingResponse) -> str:
    """Return the gate's verdict in words.

    Raises
    ------
    NoVerdict
        If the retraining failed or was cancelled.
    """
    if closed.state != "done":
        raise NoVerdict(f"The retraining {closed.trigger_id} is {closed.state}: {closed.verdict}")
    if closed.version is None:
        return f"Nothing trained: {closed.verdict}"
    result = "Promoted" if closed.promoted else "Not promoted, the champion stays"
    return f"{result}: {closed.version}. {closed.verdict}"
