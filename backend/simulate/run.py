"""Sends the traffic of some phases, with its labels, and shows how it goes."""

from collections.abc import Callable, Sequence

from rich.console import Console

from backend.client import HousingClient
from backend.simulate.display import traffic_display
from backend.simulate.labels import LabelSender
from backend.simulate.plan import Phase, Traffic, plan
from backend.simulate.scenario import RowPool
from backend.simulate.sender import Sender
from backend.simulate.tally import Tally
from storage.settings import Settings
from training.dataset.sources import load_table
from training.dataset.splits import split

CONNECTIONS = 4


def row_pool(settings: Settings) -> RowPool:
    """Return the test part of the embedded table, which no version learns from, and its training part."""
    parts = split(load_table(), settings.training.random_seed)
    return RowPool(held_out=parts.test.open(), learned=parts.train)


def simulate(
    pool: RowPool,
    phases: Sequence[Phase],
    traffic: Traffic,
    connect: Callable[[], HousingClient],
    tally: Tally,
    console: Console,
) -> bool:
    """Send everything; False if it was interrupted from the keyboard."""
    seconds = sum(phase.seconds for phase in phases)
    labels = LabelSender(connect, tally)
    sender = Sender(connect, tally, CONNECTIONS, labels.on_answer)
    labels.start()
    with traffic_display(tally, console, seconds) as display:
        try:
            sender.run(plan(pool, phases, traffic), seconds, display.look)
        except KeyboardInterrupt:
            return False
        finally:
            labels.stop()
    return True
