"""Retention remembers which time it believes, so that a clock that jumps ahead removes nothing."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

from storage.schema.column_types import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

RECORDED = ("predictions", "api_metrics", "logs", "events")


def upgrade() -> None:
    """Create the table; it begins with the time of the newest record."""
    clock = op.create_table(
        "retention_clock",
        sa.Column("clock", sa.String(16), primary_key=True),
        sa.Column("believed", UtcDateTime, nullable=False),
    )
    newest = max(filter(None, map(_newest, RECORDED)), default=None)
    if newest is not None:
        op.bulk_insert(clock, [{"clock": "retention", "believed": newest}])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("retention_clock")


def _newest(table: str) -> datetime | None:
    column = sa.column("timestamp", UtcDateTime)
    newest = sa.select(sa.func.max(column)).select_from(sa.table(table))
    return op.get_bind().execute(newest).scalar()
