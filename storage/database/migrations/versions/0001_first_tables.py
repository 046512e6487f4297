"""The first tables: predictions, requests, logs, model metrics, spool positions, command results.

The inputs are those of the table's definition: a runtime folder belongs to one, whose inputs never change.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.schema.column_types import UtcDateTime
from storage.schema.table_parts import input_columns

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    _create_predictions()
    _create_api_metrics()
    _create_logs()
    _create_model_metrics()
    _create_log_writer_tables()


def downgrade() -> None:
    """Drop the tables, and what is in them."""
    for table in (
        "spool_positions",
        "command_results",
        "model_metrics",
        "logs",
        "api_metrics",
        "predictions",
    ):
        op.drop_table(table)


def _create_record_table(
    name: str, *columns: sa.Column[Any], indexes: tuple[str, ...] = ()
) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("timestamp", UtcDateTime, nullable=False),
        *columns,
        sqlite_autoincrement=True,
    )
    for column in ("timestamp", *indexes):
        op.create_index(f"ix_{name}_{column}", name, [column])


def _create_predictions() -> None:
    _create_record_table(
        "predictions",
        sa.Column("prediction_id", sa.String(32), nullable=False, unique=True),
        sa.Column("request_id", sa.String(128), nullable=False),
        *input_columns(),
        sa.Column("prediction", sa.Float(53), nullable=False),
        sa.Column("model_type", sa.String(100), nullable=False),
        sa.Column("model_version", sa.String(100), nullable=False),
        indexes=("request_id", "model_version"),
    )


def _create_api_metrics() -> None:
    _create_record_table(
        "api_metrics",
        sa.Column("endpoint", sa.String(200), nullable=False),
        sa.Column("method", sa.String(16), nullable=False),
        sa.Column("status_code", sa.Integer, nullable=False),
        sa.Column("response_time", sa.Float(53), nullable=False),
        sa.Column("success", sa.Boolean, nullable=False),
        sa.Column("error_message", sa.Text),
        sa.Column("request_id", sa.String(128), nullable=False),
        sa.Column("model_version", sa.String(100)),
        indexes=("request_id",),
    )


def _create_logs() -> None:
    _create_record_table(
        "logs",
        sa.Column("level", sa.String(16), nullable=False),
        sa.Column("module", sa.String(200), nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("process", sa.String(100), nullable=False),
        sa.Column("request_id", sa.String(128)),
        indexes=("request_id",),
    )


def _create_model_metrics() -> None:
    _create_record_table(
        "model_metrics",
        sa.Column("model_name", sa.String(100), nullable=False),
        sa.Column("model_type", sa.String(100), nullable=False),
        sa.Column("model_version", sa.String(100), nullable=False),
        sa.Column("rmse", sa.Float(53), nullable=False),
        sa.Column("mae", sa.Float(53), nullable=False),
        sa.Column("r2_score", sa.Float(53), nullable=False),
        sa.Column("training_time", sa.Float(53), nullable=False),
        sa.Column("parameters", sa.JSON, nullable=False),
    )


def _create_log_writer_tables() -> None:
    op.create_table(
        "command_results",
        sa.Column("command_id", sa.String(32), primary_key=True),
        sa.Column("timestamp", UtcDateTime, nullable=False),
        sa.Column("result", sa.JSON, nullable=False),
    )
    op.create_table(
        "spool_positions",
        sa.Column("segment", sa.String(100), primary_key=True),
        sa.Column("position", sa.BigInteger, nullable=False),
    )
