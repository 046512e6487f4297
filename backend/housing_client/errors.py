"""What can go wrong.

ClientError        base of everything that a call raises
  Unreachable      no answer: the service is down, or the address is wrong
    Late           no answer in time: it may be busy
  Refused          the service answered with an error; carries its status, sentence and problems
  Unexpected       the answer did not come from this service
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One value of a request that is wrong."""

    field: str
    message: str


class ClientError(Exception):
    """Base of everything that a call raises; the message can be shown to a person."""


class Unreachable(ClientError):
    """The service did not answer."""


class Late(Unreachable):
    """The service was reached, but did not answer in time."""


class Unexpected(ClientError):
    """The answer came from something else, or from another version of the service."""


class Refused(ClientError):
    """The service answered with an error.

    Attributes
    ----------
    status
        Of HTTP, such as 400.
    problems
        The values that are wrong, by field; empty if it is not about values.
    request_id
        To be named to whoever runs the service; None if the answer has none.
    """

    def __init__(
        self,
        status: int,
        sentence: str,
        problems: tuple[Problem, ...] = (),
        request_id: str | None = None,
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.problems = problems
        self.request_id = request_id
