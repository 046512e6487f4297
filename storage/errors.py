"""Every error that this product raises on purpose.

    HousingError                        500  base: a defect, or a more exact class below
      InvalidInput                      400  the request contains something that cannot be used
        InvalidDataset                  400  a training table that cannot be used
        InvalidDefinition               400  a table's definition that cannot be used
        MissingColumn                   400  a file without a column that is needed
      AuthenticationRequired            401  no key, or a wrong one
        KeyEnded                        401  a key that was accepted once
      PermissionRefused                 403  the key does not have the right
      RecordNotFound                    404  no such record
      RequestTimedOut                   408  the body did not arrive in time
      StateConflict                     409  not possible in the current state
        RequestInFlight                 409  the same request is still being answered
      KeyReused                         422  an Idempotency-Key that was sent with another request
      ServiceUnavailable                503  try again later
        ModelUnavailable                503  no valid model is loaded
        SpoolUnavailable                503  a record could not be written, so there is no answer
        DatabaseUnavailable             503  the database is missing, locked or unreachable
        CommandUnanswered               503  the log-writer did not answer a command in time
        CommandUnderWay                 503  the log-writer still carries a command out
        QueueUnavailable                503  a request for retraining could not be written
        PointerUnavailable              503  the champion pointer could not be written
        ProgressUnavailable             503  the worker's progress could not be written
        AuditUnavailable                503  the audit log could not be written or read
        KeysUnavailable                 503  the named keys could not be written or read
        AnswersUnavailable              503  an answer could not be kept for its Idempotency-Key
      ModelIntegrityError               500  a model file does not match its manifest

Each message is one sentence that a person can act on; ``status`` is the HTTP status it is answered with.
"""

from collections.abc import Sequence
from typing import ClassVar


class HousingError(Exception):
    """Base of the tree. ``status`` is the HTTP status, ``title`` the RFC 9457 title."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Internal error"


class InvalidInput(HousingError):
    """The request contains something that cannot be used."""

    status = 400
    title = "Invalid input"


class InvalidDataset(InvalidInput):
    """A training table is wrong; the message names the file, the row and the column."""

    title = "Invalid dataset"


class InvalidDefinition(InvalidInput):
    """The definition of a table is wrong; the message names the file and the key."""

    title = "Invalid definition"


class MissingColumn(InvalidInput):
    """A file lacks columns; the message names them, and those that it has."""

    def __init__(self, message: str, missing: Sequence[str], found: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.missing = tuple(missing)
        self.found = tuple(found)


class AuthenticationRequired(HousingError):
    """No key was sent, or an unknown one."""

    status = 401
    title = "Authentication required"


class KeyEnded(AuthenticationRequired):
    """The key was sent by who holds it, but is revoked or expired."""


class PermissionRefused(HousingError):
    """The key is known, but its role does not allow this."""

    status = 403
    title = "Permission refused"


class RecordNotFound(HousingError):
    """There is no record with this id."""

    status = 404
    title = "Not found"


class RequestTimedOut(HousingError):
    """The body of the request did not arrive in time."""

    status = 408
    title = "Request timed out"


class UnknownHost(HousingError):
    """A request under a name that is not this server's."""

    status = 421
    title = "Misdirected request"


class RequestTooLarge(HousingError):
    """A request that is larger than it may be."""

    status = 413
    title = "Request too large"


class StateConflict(HousingError):
    """The request is not possible in the current state; the message says what is."""

    status = 409
    title = "Conflict"


class RequestInFlight(StateConflict):
    """A request with the same Idempotency-Key is being answered; once it is, the caller gets its answer."""

    title = "Request in flight"


class KeyReused(HousingError):
    """The Idempotency-Key was sent with another request before."""

    status = 422
    title = "Idempotency-Key used again"


class ServiceUnavailable(HousingError):
    """Something needed for the answer is not available now; the caller may try again."""

    status = 503
    title = "Service unavailable"


class ModelUnavailable(ServiceUnavailable):
    """No model is loaded."""

    title = "No model loaded"


class SpoolUnavailable(ServiceUnavailable):
    """A record could not be written to the spool (disk full, no permission)."""

    title = "Prediction log unavailable"


class DatabaseUnavailable(ServiceUnavailable):
    """The database is missing, locked or unreachable."""

    title = "Database unavailable"


class CommandUnanswered(ServiceUnavailable):
    """The log-writer, the only process that writes to the database, did not answer in time."""

    title = "Log-writer not answering"


class CommandUnderWay(ServiceUnavailable):
    """The log-writer has begun with a command, and its result takes longer than the caller waited."""

    title = "Still being carried out"


class QueueUnavailable(ServiceUnavailable):
    """A request for retraining could not be written (disk full, no permission)."""

    title = "Retraining queue unavailable"


class PointerUnavailable(ServiceUnavailable):
    """The champion pointer could not be written (disk full, no permission); the champion is unchanged."""

    title = "Champion pointer unavailable"


class ProgressUnavailable(ServiceUnavailable):
    """The worker's progress could not be written (disk full, no permission)."""

    title = "Progress unavailable"


class AuditUnavailable(ServiceUnavailable):
    """The audit log could not be written or read (disk full, no permission)."""

    title = "Audit unavailable"


class KeysUnavailable(ServiceUnavailable):
    """The named keys could not be written or read (damaged, disk full, no permission); none is accepted."""

    title = "Named keys unavailable"


class AnswersUnavailable(ServiceUnavailable):
    """An answer could not be kept for its Idempotency-Key (disk full, damaged file); none was given."""

    title = "Kept answers unavailable"


class BackupUnavailable(ServiceUnavailable):
    """A backup could not be made, read or restored; what it was to be made from or replace is unchanged."""

    title = "Backup unavailable"


class ModelIntegrityError(HousingError):
    """A file of a model version is missing or does not match the checksum in its manifest."""

    title = "Model file refused"
