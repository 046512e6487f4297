"""Predictions and requests are looked for by time, version or id, never by request id: no index of those.

The ids are random, so each row touched another page of each index: almost half of what a row cost.
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = ("predictions", "api_metrics")


def upgrade() -> None:
    """Drop both indexes."""
    for table in TABLES:
        op.drop_index(f"ix_{table}_request_id", table)


def downgrade() -> None:
    """Make them again."""
    for table in TABLES:
        op.create_index(f"ix_{table}_request_id", table, ["request_id"])
