"""What a challenger would have answered is kept, a row for each prediction it was asked about."""

import sqlalchemy as sa
from alembic import op

from storage.schema.column_types import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "shadow_answers",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("timestamp", UtcDateTime, nullable=False),
        sa.Column("prediction_id", sa.String(32), nullable=False, unique=True),
        sa.Column("model_version", sa.String(100), nullable=False),
        sa.Column("prediction", sa.Float(53), nullable=False),
        sa.Column("interval_lower", sa.Float(53), nullable=False),
        sa.Column("interval_upper", sa.Float(53), nullable=False),
        sa.Column("difference", sa.Float(53), nullable=False),
        sqlite_autoincrement=True,
    )
    for column in ("timestamp", "model_version"):
        op.create_index(f"ix_shadow_answers_{column}", "shadow_answers", [column])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("shadow_answers")
