"""How the rows of a base table were dealt to training, validation and test."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

SplitKind = Literal["random", "time"]


class LearnedSplit(BaseModel):
    """At random or by time; fields that a later release adds are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: SplitKind = Field(description="Drawn by the seed, or in the order of their times.")
    validation_from: str | None = Field(
        None, description="By time: the first time of the validation part; training is before."
    )
    test_from: str | None = Field(None, description="By time: the first time of the test part.")
    left_out: int = Field(
        0, description="By time: earlier rows of a subject that a later part has, in no part."
    )

    def tags(self) -> dict[str, str]:
        """Return it as MLflow's tags."""
        if self.kind == "random":
            return {"split": self.kind}
        return {
            "split": self.kind,
            "validation_from": str(self.validation_from),
            "test_from": str(self.test_from),
            "rows_left_out_by_time": str(self.left_out),
        }


AT_RANDOM = LearnedSplit(kind="random")
