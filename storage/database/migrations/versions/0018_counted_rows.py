"""Stored rows are counted as they come and go, and a few of many are found without reading the others."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

STEPS = {
    "sqlite": "CAST(strftime('%s', substr(p.timestamp, 1, 15) || '0') AS INTEGER)",
    "postgresql": "CAST(floor(extract(epoch FROM p.timestamp) / 600) * 600 AS BIGINT)",
}
THINNED = ("ix_predictions_thinned", "predictions", ["model_version", "timestamp"])


def upgrade() -> None:
    """Make the tables, and count what is stored already: of ten million rows for about a minute."""
    op.create_table(
        "prediction_rollup",
        sa.Column("step_start", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("model_version", sa.String(100), primary_key=True),
        sa.Column("source", sa.String(16), primary_key=True),
        sa.Column("predictions", sa.BigInteger, nullable=False),
        sa.Column("labelled", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "record_totals",
        sa.Column("table_name", sa.String(100), primary_key=True),
        sa.Column("part", sa.String(16), primary_key=True),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("seconds", sa.Float(53), nullable=False),
        sqlite_with_rowid=False,
    )
    step = STEPS[op.get_bind().dialect.name]
    op.execute(
        "INSERT INTO prediction_rollup "  # noqa: S608  (our own words)
        f"SELECT {step}, p.model_version, p.source, count(*), count(l.id) FROM predictions AS p "
        f"LEFT JOIN labels AS l ON l.prediction_id = p.prediction_id GROUP BY 1, 2, 3"
    )
    op.execute(
        "INSERT INTO record_totals SELECT 'logs', level, count(*), 0 FROM logs GROUP BY level"
    )
    op.execute(
        "INSERT INTO record_totals SELECT 'api_metrics', "
        "CASE WHEN success THEN 'succeeded' ELSE 'failed' END, count(*), sum(response_time) "
        "FROM api_metrics GROUP BY success"
    )
    where = sa.text("(id & 31) = 0")
    op.create_index(*THINNED, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Drop them."""
    op.drop_index(THINNED[0], THINNED[1])
    op.drop_table("record_totals")
    op.drop_table("prediction_rollup")
