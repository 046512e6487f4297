"""Corrected actual values keep their history: what it was, what it became, who said so and why."""

import sqlalchemy as sa
from alembic import op

from storage.schema.column_types import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    # A long id from the start, as all record tables have since 0009.
    op.create_table(
        "label_corrections",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column("timestamp", UtcDateTime, nullable=False),
        sa.Column("prediction_id", sa.String(32), nullable=False),
        sa.Column("earlier", sa.Float(53), nullable=False),
        sa.Column("earlier_at", UtcDateTime, nullable=False),
        sa.Column("actual", sa.Float(53), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("person", sa.String(100), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    for column in ("timestamp", "prediction_id"):
        op.create_index(f"ix_label_corrections_{column}", "label_corrections", [column])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("label_corrections")
