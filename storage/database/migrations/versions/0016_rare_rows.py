"""Problems in the log, failed, slow and unusual requests are found without reading all others."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_logs_problems", "logs", ["level", "timestamp"], "level != 'DEBUG' AND level != 'INFO'"),
    ("ix_api_metrics_failed", "api_metrics", ["status_code", "timestamp"], "status_code >= 400"),
    ("ix_api_metrics_other", "api_metrics", ["endpoint", "timestamp"], "endpoint != '/predict'"),
    ("ix_api_metrics_slow", "api_metrics", ["timestamp", "response_time"], "response_time >= 0.1"),
)


def upgrade() -> None:
    """Make the indexes."""
    for name, table, columns, condition in INDEXES:
        where = sa.text(condition)
        op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Drop them."""
    for name, table, _columns, _condition in INDEXES:
        op.drop_index(name, table)
