"""When a call is made again, and how long it waits before."""

import random
from dataclasses import dataclass
from http import HTTPStatus

AGAIN = frozenset(
    {
        HTTPStatus.CONFLICT,  # the same request is still being answered
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
"""What may pass: other refusals would be the same again."""


@dataclass(frozen=True)
class Retries:
    """How often a call is made again after no answer, or after a refusal that may pass.

    Every call is safe to repeat: what is logged is sent with an `Idempotency-Key`, so that it is carried out
    once. The n-th pause is drawn from 0 to ``first_seconds`` times 2^n, so that many clients do not come back
    together, and is never shorter than the service's `Retry-After` asks for.

    Attributes
    ----------
    most
        Repetitions, 0 or more.
    first_seconds
        Longest first pause; each further one may be twice as long.
    longest_seconds
        No pause is longer. If the service asks for more, its refusal is raised instead.

    References
    ----------
    Brooker, M. (2015). Exponential Backoff and Jitter. AWS Architecture Blog.
    """

    most: int = 4
    first_seconds: float = 0.25
    longest_seconds: float = 10.0

    def pause(self, made: int, status: int | None, asked_seconds: float) -> float | None:
        """Return how long to wait before the next repetition; None to give up.

        Parameters
        ----------
        made
            Repetitions so far.
        status
            Of the refusal; None without an answer.
        asked_seconds
            What `Retry-After` says; 0 if it says nothing.

        Examples
        --------
        >>> never = Retries(most=0)
        >>> never.pause(0, None, 0.0), Retries().pause(0, 400, 0.0), Retries().pause(0, 503, 60.0)
        (None, None, None)
        >>> 2.0 <= Retries().pause(0, 503, 2.0) <= 2.25
        True
        """
        passes = status is None or status in AGAIN
        if made >= self.most or not passes or asked_seconds > self.longest_seconds:
            return None
        longest = min(self.longest_seconds, self.first_seconds * 2**made)
        return max(asked_seconds, random.uniform(0.0, longest))  # noqa: S311  (not a secret)
