"""The timeline of events, and the monitoring configuration with its history."""

import sqlalchemy as sa
from alembic import op

from storage.schema.column_types import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; without a row in the second, the defaults are in force."""
    op.create_table(
        "events",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("timestamp", UtcDateTime, nullable=False),
        sa.Column("event_id", sa.String(32), nullable=False, unique=True),
        sa.Column("event_kind", sa.String(32), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("subject", sa.String(128)),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("figures", sa.JSON, nullable=False),
        sqlite_autoincrement=True,
    )
    for column in ("timestamp", "event_kind", "subject"):
        op.create_index(f"ix_events_{column}", "events", [column])
    op.create_table(
        "monitoring_config",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("timestamp", UtcDateTime, nullable=False),
        sa.Column("changed_by", sa.String(100), nullable=False),
        sa.Column("changes", sa.JSON, nullable=False),
        sa.Column("config", sa.JSON, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_monitoring_config_timestamp", "monitoring_config", ["timestamp"])


def downgrade() -> None:
    """Drop both, and what is in them."""
    op.drop_table("monitoring_config")
    op.drop_table("events")
