"""Predictions keep the caller's own id and metadata, and are found by either.

The indexes hold only predictions that have them, so that those made before, and callers who send neither,
cost nothing but one reading of the table.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

GIVEN = {"reference": ("reference", "id"), "metadata": ("timestamp",)}
INDEXES = {"reference": "ix_predictions_reference", "metadata": "ix_predictions_metadata_time"}


def upgrade() -> None:
    """Add the columns and their indexes; predictions made before have neither."""
    op.add_column("predictions", sa.Column("reference", sa.String(128)))
    op.add_column("predictions", sa.Column("metadata", sa.JSON))
    for column, indexed in GIVEN.items():
        where = sa.text(f"{column} IS NOT NULL")
        op.create_index(
            INDEXES[column], "predictions", indexed, sqlite_where=where, postgresql_where=where
        )
    op.create_table(
        "prediction_metadata",
        sa.Column(
            "prediction_row",
            sa.BigInteger().with_variant(sa.Integer, "sqlite"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("value", sa.String(100), nullable=False),
        sqlite_with_rowid=False,
    )
    entry = ["name", "value", "prediction_row"]
    op.create_index("ix_prediction_metadata_entry", "prediction_metadata", entry)


def downgrade() -> None:
    """Drop them, and what is in them."""
    op.drop_table("prediction_metadata")
    for column, index in INDEXES.items():
        op.drop_index(index, "predictions")
        op.drop_column("predictions", column)
