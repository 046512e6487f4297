"""The tables of the log database, on SQLite and PostgreSQL alike."""

from typing import get_args

import sqlalchemy as sa

from storage.schema.caller import (
    LONGEST_METADATA_NAME,
    LONGEST_METADATA_VALUE,
    LONGEST_REFERENCE,
    METADATA,
    REFERENCE,
)
from storage.schema.column_types import (
    Bytes,
    LongWhole,
    ShortText,
    ShortTexts,
    Text,
    UtcDateTime,
    Whole,
)
from storage.schema.rare_rows import (
    FAILED_REQUESTS,
    OTHER_REQUESTS,
    PROBLEM_LINES,
    SLOW_REQUESTS,
    THINNED,
)
from storage.schema.records import EventKind
from storage.schema.request_ids import BY_INDEX
from storage.schema.source import CUSTOMERS, LONGEST_SOURCE, OTHERS, SOURCE, SOURCES
from storage.schema.table_parts import (
    RecordId,
    index_where,
    index_where_from,
    index_where_given,
    input_columns,
    record_table,
    request_columns,
    source_column,
)
from storage.schema.table_parts import metadata as metadata  # here it has all tables
from storage.schema.traffic import Stages

predictions = record_table(
    "predictions",
    sa.Column("prediction_id", ShortText(32), nullable=False, unique=True),
    sa.Column("request_id", ShortText(128), nullable=False),
    *input_columns(),
    sa.Column("prediction", sa.Float(53), nullable=False),
    sa.Column("interval_lower", sa.Float(53)),
    sa.Column("interval_upper", sa.Float(53)),
    sa.Column("model_type", ShortText(100), nullable=False),
    sa.Column("model_version", ShortText(100), nullable=False),
    sa.Column(REFERENCE, ShortText(LONGEST_REFERENCE)),
    sa.Column(METADATA, ShortTexts),
    source_column(),
    sa.Index("ix_predictions_version_and_time", "model_version", "timestamp"),
    index_where_given("ix_predictions_reference", REFERENCE, REFERENCE, "id"),
    index_where_given("ix_predictions_metadata_time", METADATA, "timestamp"),
    index_where_from("ix_predictions_customers_time", CUSTOMERS, "timestamp"),
    index_where_from("ix_predictions_others_time", OTHERS, SOURCE, "timestamp"),
    index_where("ix_predictions_thinned", sa.text(THINNED), "model_version", "timestamp"),
)

prediction_metadata = sa.Table(
    "prediction_metadata",
    metadata,
    sa.Column("prediction_row", RecordId, primary_key=True, autoincrement=False),
    sa.Column("name", ShortText(LONGEST_METADATA_NAME), primary_key=True),
    sa.Column("value", ShortText(LONGEST_METADATA_VALUE), nullable=False),
    sa.Index("ix_prediction_metadata_entry", "name", "value", "prediction_row"),
    sqlite_with_rowid=False,
)
"""The metadata of predictions once more, an entry a row, to find predictions by; deleted with them."""

api_metrics = record_table(
    "api_metrics",
    *request_columns(),
    sa.Column("request_id", ShortText(128), nullable=False),
    source_column(),
    index_where_from("ix_api_metrics_others_time", OTHERS, SOURCE, "timestamp"),
    index_where("ix_api_metrics_clients_request_id", sa.text(BY_INDEX), "request_id"),
    index_where("ix_api_metrics_failed", sa.text(FAILED_REQUESTS), "status_code", "timestamp"),
    index_where("ix_api_metrics_other", sa.text(OTHER_REQUESTS), "endpoint", "timestamp"),
    index_where("ix_api_metrics_slow", sa.text(SLOW_REQUESTS), "timestamp", "response_time"),
)

logs = record_table(
    "logs",
    sa.Column("level", ShortText(16), nullable=False),
    sa.Column("module", ShortText(200), nullable=False),
    sa.Column("message", Text, nullable=False),
    sa.Column("process", ShortText(100), nullable=False),
    sa.Column("request_id", ShortText(128), index=True),
    index_where("ix_logs_problems", sa.text(PROBLEM_LINES), "level", "timestamp"),
)

labels = record_table(
    "labels",
    sa.Column("prediction_id", ShortText(32), nullable=False, unique=True),
    sa.Column("actual", sa.Float(53), nullable=False),
)
"""Actual values by prediction id, the newest of each; ``timestamp`` is when it arrived."""

label_corrections = record_table(
    "label_corrections",
    sa.Column("prediction_id", ShortText(32), nullable=False, index=True),
    sa.Column("earlier", sa.Float(53), nullable=False),
    sa.Column("earlier_at", UtcDateTime, nullable=False),
    sa.Column("actual", sa.Float(53), nullable=False),
    sa.Column("actor", ShortText(100), nullable=False),
    sa.Column("person", ShortText(100), nullable=False),
    sa.Column("reason", Text, nullable=False),
)
"""A row for each time that an actual value was replaced; deleted with its prediction."""

shadow_answers = record_table(
    "shadow_answers",
    sa.Column("prediction_id", ShortText(32), nullable=False, unique=True),
    sa.Column("model_version", ShortText(100), nullable=False, index=True),
    sa.Column("prediction", sa.Float(53), nullable=False),
    sa.Column("interval_lower", sa.Float(53), nullable=False),
    sa.Column("interval_upper", sa.Float(53), nullable=False),
    sa.Column("difference", sa.Float(53), nullable=False),
    once="prediction_id",
)
"""What a challenger would have answered; ``timestamp`` is the prediction's, so that both go together."""

refused_inputs = record_table(
    "refused_inputs",
    sa.Column("request_id", ShortText(128), nullable=False),
    sa.Column("field", ShortText(100), nullable=False),
    sa.Column("problem", ShortText(100), nullable=False),
    sa.Column("problems", Whole, nullable=False),
    sa.Column("value", sa.Float(53)),
    source_column(),
)
"""What requests to predict were refused for, by input and kind of problem."""

model_metrics = record_table(
    "model_metrics",
    sa.Column("model_name", ShortText(100), nullable=False),
    sa.Column("model_type", ShortText(100), nullable=False),
    sa.Column("model_version", ShortText(100), nullable=False),
    sa.Column("rmse", sa.Float(53), nullable=False),
    sa.Column("mae", sa.Float(53), nullable=False),
    sa.Column("r2_score", sa.Float(53), nullable=False),
    sa.Column("training_time", sa.Float(53), nullable=False),
    sa.Column("parameters", sa.JSON, nullable=False),
)

events = record_table(
    "events",
    sa.Column("event_id", ShortText(32), nullable=False, unique=True),
    sa.Column("event_kind", ShortText(32, get_args(EventKind)), nullable=False, index=True),
    sa.Column("actor", ShortText(100), nullable=False),
    sa.Column("subject", ShortText(128), index=True),
    sa.Column("summary", Text, nullable=False),
    sa.Column("figures", sa.JSON, nullable=False),
    once="event_id",
)

monitoring_config = record_table(
    "monitoring_config",
    sa.Column("changed_by", ShortText(100), nullable=False),
    sa.Column("changes", sa.JSON, nullable=False),
    sa.Column("config", sa.JSON, nullable=False),
)

command_results = sa.Table(
    "command_results",
    metadata,
    sa.Column("command_id", ShortText(32), primary_key=True),
    sa.Column("timestamp", UtcDateTime, nullable=False),
    sa.Column("result", sa.JSON, nullable=False),
)

spool_positions = sa.Table(
    "spool_positions",
    metadata,
    sa.Column("segment", ShortText(100), primary_key=True),
    sa.Column("position", LongWhole, nullable=False),
)

retention_clock = sa.Table(
    "retention_clock",
    metadata,
    sa.Column("clock", ShortText(16), primary_key=True),
    sa.Column("believed", UtcDateTime, nullable=False),
)
"""One row: the time against which retention measures age, see storage/log_writer/retention_clock.py."""

request_rollup = sa.Table(
    "request_rollup",
    metadata,
    sa.Column("resolution_seconds", Whole, primary_key=True, autoincrement=False),
    sa.Column("step_start", LongWhole, primary_key=True, autoincrement=False),  # s since 1970
    sa.Column("endpoint", ShortText(200), primary_key=True),
    sa.Column("status_code", Whole, primary_key=True, autoincrement=False),
    sa.Column("model_version", ShortText(100), primary_key=True),  # empty: none
    sa.Column(SOURCE, ShortText(LONGEST_SOURCE, SOURCES), primary_key=True),
    sa.Column("requests", LongWhole, nullable=False),
    sa.Column("latency", Bytes, nullable=False),  # as storage/requests/histogram.py has it
    sqlite_with_rowid=False,
)

prediction_rollup = sa.Table(
    "prediction_rollup",
    metadata,
    sa.Column("step_start", LongWhole, primary_key=True, autoincrement=False),  # s since 1970
    sa.Column("model_version", ShortText(100), primary_key=True),
    sa.Column(SOURCE, ShortText(LONGEST_SOURCE, SOURCES), primary_key=True),
    sa.Column("predictions", LongWhole, nullable=False),
    sa.Column("labelled", LongWhole, nullable=False),
    sqlite_with_rowid=False,
)

record_totals = sa.Table(
    "record_totals",
    metadata,
    sa.Column("table_name", ShortText(100), primary_key=True),
    sa.Column("part", ShortText(16), primary_key=True),
    sa.Column("rows", LongWhole, nullable=False),
    sa.Column("seconds", sa.Float(53), nullable=False),
    sqlite_with_rowid=False,
)
"""Rows of the log and of requests that are stored, see storage/database/record_totals.py."""

slowest_requests = record_table(
    "slowest_requests",
    sa.Column("resolution_seconds", Whole, nullable=False),
    sa.Column("step_start", LongWhole, nullable=False),
    *request_columns(),
    sa.Column("request_id", ShortText(128), nullable=False),
    source_column(),
    *(sa.Column(name, sa.Float(53)) for name in Stages.model_fields),
    sa.Index(
        "ix_slowest_requests_step",
        "resolution_seconds",
        "step_start",
        "endpoint",
        SOURCE,
        "response_time",
    ),
)

DERIVED_TABLES: tuple[sa.Table, ...] = (
    request_rollup,
    slowest_requests,
    prediction_metadata,
    prediction_rollup,
    record_totals,
)
"""Tables derived from records by the log-writer; cleared with them."""

RECORD_TABLES: tuple[sa.Table, ...] = (
    predictions,
    api_metrics,
    logs,
    model_metrics,
    labels,
    label_corrections,
    shadow_answers,
    refused_inputs,
)
"""The tables of records: what clearing the database empties. History of decisions (events, configuration)
is not among them: a clear is itself an event, and a cooldown must survive it."""
