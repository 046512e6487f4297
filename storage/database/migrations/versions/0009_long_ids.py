"""Ids have 64 bits on PostgreSQL too: with 32, no record could be stored after 2,147,483,647 rows.

PostgreSQL writes each table anew, which takes its time and, until the commit, as much space again as the
table has (docs/how-to/use-postgresql.md). SQLite's ids have 64 bits already.
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLES = (
    "predictions",
    "api_metrics",
    "logs",
    "labels",
    "shadow_answers",
    "model_metrics",
    "events",
    "slowest_requests",
    "monitoring_config",
)


def upgrade() -> None:
    """Widen the ids and the sequences that number them."""
    _change("BIGINT")


def downgrade() -> None:
    """Narrow them again; this fails where an id needs 64 bits."""
    _change("INTEGER")


def _change(kind: str) -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ALTER COLUMN id TYPE {kind}")
        op.execute(f"ALTER SEQUENCE {table}_id_seq AS {kind}")
