"""When a process that ended is started again: after pauses that grow while it keeps ending soon."""

from dataclasses import dataclass

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 60.0
"""A process that ran for so long works: what ended it is no fault of its start."""
ENDS_THAT_ARE_A_HABIT = 3


@dataclass(frozen=True)
class Restarts:
    """The ends of one process so far.

    Parameters
    ----------
    total
        All ends; each is followed by a start.
    in_a_row
        Ends since the last steady run, that one's included.

    Examples
    --------
    >>> ends = [Restarts()]
    >>> for ran_seconds in (3600.0, 0.5, 0.5, 0.5, 3600.0):
    ...     ends.append(ends[-1].after(ran_seconds))
    >>> [end.pause_seconds for end in ends]
    [0.0, 1.0, 2.0, 4.0, 8.0, 1.0]
    """

    total: int = 0
    in_a_row: int = 0

    def after(self, ran_seconds: float) -> "Restarts":
        """Return the ends after one more, of a run that lasted so long."""
        return Restarts(self.total + 1, 1 if ran_seconds >= STEADY_SECONDS else self.in_a_row + 1)

    @property
    def pause_seconds(self) -> float:
        """How long to wait before the next start."""
        if not self.in_a_row:
            return 0.0
        doublings = min(self.in_a_row - 1, 10)  # enough for the longest pause
        return min(FIRST_PAUSE_SECONDS * float(2**doublings), LONGEST_PAUSE_SECONDS)

    @property
    def keeps_ending(self) -> bool:
        """Whether the ends in a row are no accident."""
        return self.in_a_row >= ENDS_THAT_ARE_A_HABIT
