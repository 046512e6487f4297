"""The settings of promotion: the gate, the watch after it, and the shadow before it."""

from typing import ClassVar

from pydantic import Field

from storage.setting_groups.environment import SettingGroup


class PromotionSettings(SettingGroup):
    """What a challenger must achieve to be promoted."""

    prefix: ClassVar[str] = "HOUSING_PROMOTION_"

    margin_share: float = Field(
        0.02,
        ge=0,
        le=1,
        description="Increase of the RMSE over the champion's, on the whole test part or recent part, that"
        " still counts as not worse.",
    )
    far_margin_share: float = Field(
        0.05,
        ge=0,
        le=1,
        description="The same on the whole test part for a challenger that the test part weighted by traffic"
        " allows: so traffic from a few places cannot ruin the others.",
    )
    traffic_minimum_rows: float = Field(
        200.0,
        ge=2,
        description="Effective rows of the test part weighted by traffic below which the unweighted test part"
        " decides.",
    )
    slice_margin_share: float = Field(
        0.1,
        ge=0,
        le=10,
        description="Increase of the RMSE over the champion's in one segment above which, if it is"
        " significant, a challenger is not promoted.",
    )
    slice_minimum_rows: int = Field(
        50, ge=2, description="Test rows of a segment below which it is not judged."
    )
    coverage_margin_share: float = Field(
        0.02,
        ge=0,
        le=1,
        description="How far the coverage may fall below the promised one, in addition to what chance"
        " explains.",
    )
    latency_budget_microseconds: float = Field(
        1_000.0,
        gt=0,
        description="Longest median time of one prediction of a challenger. A compiled model takes 40 to"
        " 250 us; one that falls back to a slow public predict exceeds the default.",
    )
    recent_days: float = Field(
        30.0,
        gt=0,
        le=36500,
        description="Age limit of labelled predictions in the recent part if the trigger names no window.",
    )
    recent_minimum_rows: int = Field(
        100, ge=2, description="Labelled predictions below which there is no recent part."
    )
    recent_most_rows: int = Field(
        10_000,
        ge=100,
        le=100_000,
        description="Most labelled predictions in the recent part, the newest first.",
    )
    recent_share: float = Field(
        0.3,
        ge=0.05,
        le=0.95,
        description="Share of places, chosen by a hash, whose labelled predictions are never learned from but"
        " reserved for the recent part.",
    )


class WatchSettings(SettingGroup):
    """How a promoted version is watched, to be rolled back if it is worse."""

    prefix: ClassVar[str] = "HOUSING_WATCH_"

    days: float = Field(
        7.0,
        ge=0,
        le=365,
        description="How long a promoted version is compared with the previous one on labelled rows, to"
        " be rolled back if it is worse. 0: never.",
    )
    minimum_rows: int = Field(
        100, ge=10, description="Labelled predictions below which a promoted version is not judged."
    )
    confidence_share: float = Field(
        0.95,
        ge=0.5,
        le=0.99,
        description="Confidence, for all comparisons of a watch together, at which a version is rolled back.",
    )
    manual_promotions: bool = Field(
        False,
        description="Also watch versions promoted by a person. Off: only those promoted by the gate.",
    )


class ShadowSettings(SettingGroup):
    """How much of the traffic the newest challenger answers in the shadow."""

    prefix: ClassVar[str] = "HOUSING_SHADOW_"

    share: float = Field(
        0.0,
        ge=0,
        le=1,
        description="Share of the logged predictions that the newest challenger also answers, in the shadow.",
    )
    batch_rows: int = Field(
        2_000,
        ge=1,
        le=100_000,
        description="Logged predictions that the worker reads in one round of shadow answers.",
    )
    minimum_rows: int = Field(
        100, ge=10, description="Shadow answers below which no figures are shown."
    )
