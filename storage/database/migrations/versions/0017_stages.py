"""Slow requests say where their time went; of those stored before, nobody knows."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TABLE = "slowest_requests"
STAGES = ("parse", "model", "append", "write")


def upgrade() -> None:
    """Add a column for the seconds of each stage."""
    for stage in STAGES:
        op.add_column(TABLE, sa.Column(stage, sa.Float(53)))


def downgrade() -> None:
    """Drop them."""
    for stage in STAGES:
        op.drop_column(TABLE, stage)
