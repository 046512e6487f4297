"""How far the worker is with a challenger's silent answers."""

from pydantic import Field

from storage.schema.records import Record


class ShadowPosition(Record):
    """Kept after each batch.

    Attributes
    ----------
    row_id
        Of the last prediction that was looked at. None: the next to look at is the next that is logged.
    answered
        Silent answers since the folder was made.
    """

    row_id: int | None = None
    answered: int = Field(0, ge=0)
