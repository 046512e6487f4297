"""Requests are found by their id: one of this service by its time, a client's by an index of those alone."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

CLIENTS_OWN = "length(request_id) != 32 OR request_id < '019' OR request_id >= '020'"


def upgrade() -> None:
    """Make the index."""
    where = sa.text(CLIENTS_OWN)
    op.create_index(
        "ix_api_metrics_clients_request_id",
        "api_metrics",
        ["request_id"],
        sqlite_where=where,
        postgresql_where=where,
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_api_metrics_clients_request_id", "api_metrics")
