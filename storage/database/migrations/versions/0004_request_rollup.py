"""Requests are counted by step of time, and the slowest of each step kept, so that long ranges are quick."""

import sqlalchemy as sa
from alembic import op

from storage.schema.column_types import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create both tables. Requests from before are not in them."""
    op.create_table(
        "request_rollup",
        sa.Column("resolution_seconds", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("step_start", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("endpoint", sa.String(200), primary_key=True),
        sa.Column("status_code", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("model_version", sa.String(100), primary_key=True),
        sa.Column("requests", sa.BigInteger, nullable=False),
        sa.Column("latency", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "slowest_requests",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("timestamp", UtcDateTime, nullable=False, index=True),
        sa.Column("resolution_seconds", sa.Integer, nullable=False),
        sa.Column("step_start", sa.BigInteger, nullable=False),
        sa.Column("endpoint", sa.String(200), nullable=False),
        sa.Column("method", sa.String(16), nullable=False),
        sa.Column("status_code", sa.Integer, nullable=False),
        sa.Column("response_time", sa.Float(53), nullable=False),
        sa.Column("success", sa.Boolean, nullable=False),
        sa.Column("error_message", sa.Text),
        sa.Column("model_version", sa.String(100)),
        sa.Column("request_id", sa.String(128), nullable=False),
        sa.Index(
            "ix_slowest_requests_step",
            "resolution_seconds",
            "step_start",
            "endpoint",
            "response_time",
        ),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    """Drop both tables."""
    op.drop_table("slowest_requests")
    op.drop_table("request_rollup")
