"""Predictions and requests say whose traffic they are; requests are counted by it.

The monitor's rows of before are known by their request id. All others were a client's, as far as anyone can
tell. Steps counted before have all in one: they stay a client's, the monitor's probes among them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

MARKED = ("predictions", "api_metrics")
LISTED = (*MARKED, "refused_inputs", "slowest_requests")
OF_THE_MONITOR = "monitor-%"
CUSTOMERS = "source = 'client' OR source = 'batch'"
OTHERS = "source != 'client' AND source != 'batch'"
COUNTED = ("resolution_seconds", "step_start", "endpoint", "status_code", "model_version")
LISTED_STEP = ("resolution_seconds", "step_start", "endpoint")


def upgrade() -> None:
    """Add the column where rows are listed, and to the key of what is counted."""
    for table in LISTED:
        source = sa.Column("source", sa.String(16), nullable=False, server_default="client")
        op.add_column(table, source)
    for table in MARKED:
        rows = sa.table(table, sa.column("source"), sa.column("request_id"))
        probed = rows.c.request_id.like(OF_THE_MONITOR)
        op.execute(sa.update(rows).where(probed).values(source="probe"))
        _index_where(f"ix_{table}_others_time", table, ["source", "timestamp"], OTHERS)
    _index_where("ix_predictions_customers_time", "predictions", ["timestamp"], CUSTOMERS)
    _index_slowest("source")
    _count_by((*COUNTED, "source"), "'client'")


def downgrade() -> None:
    """Drop the column, and the counts of all but clients."""
    op.execute("DELETE FROM request_rollup WHERE source <> 'client'")
    _count_by(COUNTED)
    _index_slowest()
    op.drop_index("ix_predictions_customers_time", "predictions")
    for table in MARKED:
        op.drop_index(f"ix_{table}_others_time", table)
    for table in LISTED:
        op.drop_column(table, "source")


def _index_where(name: str, table: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def _index_slowest(*by: str) -> None:
    op.drop_index("ix_slowest_requests_step", "slowest_requests")
    columns = [*LISTED_STEP, *by, "response_time"]
    op.create_index("ix_slowest_requests_step", "slowest_requests", columns)


def _count_by(key: tuple[str, ...], *added: str) -> None:
    """Give the counted steps another key, of which the last is new; SQLite cannot change a table's own."""
    whole = {
        "resolution_seconds": sa.Integer(),
        "step_start": sa.BigInteger(),
        "status_code": sa.Integer(),
    }
    texts = {"endpoint": sa.String(200), "model_version": sa.String(100), "source": sa.String(16)}
    kinds = whole | texts
    op.create_table(
        "request_rollup_by_key",
        *(sa.Column(each, kinds[each], primary_key=True, autoincrement=False) for each in key),
        sa.Column("requests", sa.BigInteger, nullable=False),
        sa.Column("latency", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    kept = (*COUNTED, "requests", "latency")
    into = (*kept, *key[len(COUNTED) :])
    op.execute(
        f"INSERT INTO request_rollup_by_key ({', '.join(into)}) "  # noqa: S608  (our own names)
        f"SELECT {', '.join((*kept, *added))} FROM request_rollup"
    )
    op.drop_table("request_rollup")
    op.rename_table("request_rollup_by_key", "request_rollup")
