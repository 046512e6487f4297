"""What would become of actual values if they were attached: read only, and decided as the log-writer does."""

from collections.abc import Sequence

from storage.database.connection import Database
from storage.predictions.feedback import Attached
from storage.predictions.labels import decide
from storage.predictions.references import resolved


def checked_labels(
    database: Database,
    given: Sequence[tuple[str, float]],
    referred: Sequence[tuple[str, float]] = (),
    *,
    corrects: bool = False,
) -> Attached:
    """Return what attaching pairs of prediction id and value would answer now.

    A prediction of this moment, which the log-writer has not stored yet, is unknown here.

    Parameters
    ----------
    referred
        Pairs of a caller's reference and a value.
    corrects
        Whether values that differ from the stored ones would replace them.

    Raises
    ------
    DatabaseUnavailable
        If the database is missing, locked or unreachable.
    """
    with database.transaction() as connection:
        meant = resolved(connection, referred)
        pairs = [*given, *meant.labels]
        decided = decide(connection, pairs, corrects=corrects)
    return Attached(
        len(decided.added),
        (*decided.unknown, *meant.unknown),
        tuple(decided.duplicate),
        tuple(decided.conflicting),
        tuple(decided.corrected),
        tuple((reference, tuple(ids)) for reference, ids in meant.ambiguous),
    )
