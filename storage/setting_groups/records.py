"""The settings of records: the spool, the log-writer, the database and its retention."""

import re
from typing import Annotated, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from storage.setting_groups.environment import SettingGroup, Variable
from storage.setting_groups.sqlite_address import refuse_no_file

SpoolSync = Literal["off", "interval", "answer"]


class SpoolSettings(SettingGroup):
    """The files in which records wait."""

    prefix: ClassVar[str] = "HOUSING_SPOOL_"

    segment_bytes: int = Field(
        16 * 1024 * 1024, ge=4096, description="Size at which a process starts a new spool file."
    )
    sync: SpoolSync = Field(
        "off",
        description="When records are flushed to the disk, which decides what a power cut can take. off: when"
        " the kernel does it; interval: every HOUSING_SPOOL_SYNC_SECONDS; answer: before each answer, several"
        " answers together.",
    )
    sync_seconds: float = Field(
        1.0,
        ge=0.05,
        le=60,
        description="Pause between two flushes with HOUSING_SPOOL_SYNC=interval.",
    )


class LogWriterSettings(SettingGroup):
    """How the log-writer moves the spool into the database."""

    prefix: ClassVar[str] = "HOUSING_LOG_WRITER_"

    poll_seconds: float = Field(
        0.2, gt=0, le=60, description="Pause of the log-writer when the spool is empty."
    )
    batch_bytes: int = Field(
        1024 * 1024, ge=65536, description="Spool bytes moved into the database in one transaction."
    )


class DatabaseSettings(SettingGroup):
    """The log database's address and size limit."""

    prefix: ClassVar[str] = "HOUSING_DATABASE_"

    url: str = Field(
        "",
        description="SQLAlchemy address of the log database, such as postgresql://user:password@host/name."
        " Empty: SQLite in the runtime folder.",
    )
    limit_bytes: int = Field(
        16 * 1024**3,
        ge=0,
        description="Size of the log database above which its oldest records are removed. 0: no limit.",
    )

    @field_validator("url")
    @classmethod
    def _of_a_known_kind(cls, url: str) -> str:
        """Refuse what no database here understands, without repeating it: it may be a password."""
        if url and not re.match(r"(sqlite|(postgres|postgresql)(\+\w+)?)://", url):
            raise ValueError("must begin with postgresql:// or sqlite:///")
        refuse_no_file(url)
        try:
            urlsplit(url).port  # noqa: B018 - reading it checks it
        except ValueError:
            raise ValueError("must have a number as port, or none") from None
        return url


class RetentionSettings(SettingGroup):
    """How long the log database keeps its rows."""

    prefix: ClassVar[str] = "HOUSING_"

    prediction_days: Annotated[float, Variable("HOUSING_PREDICTION_RETENTION_DAYS")] = Field(
        365.0, gt=0, le=36500, description="Age at which logged predictions are removed."
    )
    request_days: Annotated[float, Variable("HOUSING_REQUEST_RETENTION_DAYS")] = Field(
        30.0, gt=0, le=36500, description="Age at which rows of answered requests are removed."
    )
    log_days: Annotated[float, Variable("HOUSING_LOG_RETENTION_DAYS")] = Field(
        30.0, gt=0, le=36500, description="Age at which log lines are removed."
    )
