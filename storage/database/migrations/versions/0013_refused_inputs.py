"""What requests to predict are refused for is kept, by input and kind of problem."""

import sqlalchemy as sa
from alembic import op

from storage.schema.column_types import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "refused_inputs",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            primary_key=True,
            autoincrement=True,
        ),
        sa.Column("timestamp", UtcDateTime, nullable=False),
        sa.Column("request_id", sa.String(128), nullable=False),
        sa.Column("field", sa.String(100), nullable=False),
        sa.Column("problem", sa.String(100), nullable=False),
        sa.Column("problems", sa.Integer, nullable=False),
        sa.Column("value", sa.Float(53)),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_refused_inputs_timestamp", "refused_inputs", ["timestamp"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("refused_inputs")
