"""Figures on the requests of a time window, as they are computed, answered and drawn."""

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class Figures(BaseModel):
    """Some requests; the percentiles of their latency in milliseconds, within 2.5 %, None without any."""

    model_config = ConfigDict(frozen=True)

    requests: int
    errors: int = Field(description="Answers with a status of 400 or more.")
    errors_by_status: dict[int, int]
    p50: float | None
    p95: float | None
    p99: float | None


class Step(Figures):
    """The requests of one step, which begins at ``time`` and ends at ``until``."""

    time: AwareDatetime
    until: AwareDatetime
    unfinished: bool = Field(description="Whether the step is not over yet.")


class Heat(BaseModel):
    """How the latencies of each step are spread, without empty rows at either end."""

    model_config = ConfigDict(frozen=True)

    edges_ms: list[float] = Field(
        description="Edges of the rows in milliseconds, each about twice the one before; one more than rows."
    )
    counts: list[list[int]] = Field(description="Requests of each step, by row.")


class Stages(BaseModel):
    """Where the time of one prediction request went, in seconds; together, the time that it took."""

    model_config = ConfigDict(frozen=True)

    parse: float = Field(description="Seconds of reading and checking the request.")
    model: float = Field(description="Seconds of the model, an explanation included.")
    append: float = Field(
        description="Seconds of logging the answer, the wait for the disk included."
    )
    write: float = Field(
        description="Seconds of writing the answer, without what the network takes."
    )


class VersionChange(BaseModel):
    """When a model version began to answer, to some seconds or minutes, and which one did before."""

    model_config = ConfigDict(frozen=True, protected_namespaces=())

    time: AwareDatetime
    model_version: str
    previous_version: str
