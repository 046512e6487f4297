"""Actual values, attached to predictions after they were made."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of labels."""
    op.create_table(
        "labels",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("timestamp", sa.DateTime(timezone=True), nullable=False),
        sa.Column("prediction_id", sa.String(32), nullable=False, unique=True),
        sa.Column("actual", sa.Float(53), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_labels_timestamp", "labels", ["timestamp"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("labels")
