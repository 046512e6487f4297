"""The settings of promotion: the gate, the watch after it, and the shadow before it."""

from typing import ClassVar

from pydantic import Field

from storage.setting_groups.environment import SettingGroup


class PromotionSettings(SettingGroup):
    """What a challenger has to show to be promoted."""

    prefix: ClassVar[str] = "HOUSING_PROMOTION_"

    margin_share: float = Field(
        0.02,
        ge=0,
        le=1,
        description="Rise of the RMSE over the champion's, on the whole of the test part or the recent part,"
        " that still counts as not worse.",
    )
    slice_margin_share: float = Field(
        0.1,
        ge=0,
        le=10,
        description="Rise of the RMSE over the champion's in one kind of district beyond which, if it is"
        " beyond doubt, a challenger is not promoted.",
    )
    slice_minimum_rows: int = Field(
        50, ge=2, description="Test rows of a kind of district below which it is not judged."
    )
    coverage_margin_share: float = Field(
        0.02,
        ge=0,
        le=1,
        description="By how much the share of prices in their interval may be below the promised one, beside"
        " chance.",
    )
    latency_budget_microseconds: float = Field(
        1_000.0,
        gt=0,
        description="Longest median time of one prediction of a challenger. A compiled model takes 40 to"
        " 250 us; one that falls back to a slow public predict is over the default.",
    )
    recent_days: float = Field(
        30.0,
        gt=0,
        le=36500,
        description="How far back labelled predictions are the recent part, if the trigger names no window.",
    )
    recent_minimum_rows: int = Field(
        100, ge=2, description="Labelled predictions below which there is no recent part."
    )
    recent_most_rows: int = Field(
        10_000, ge=100, le=100_000, description="Newest labelled predictions in the recent part."
    )
    recent_share: float = Field(
        0.3,
        ge=0.05,
        le=0.95,
        description="Share of places, by a hash, whose labelled predictions are never learned from: they are"
        " kept for the recent part.",
    )


class WatchSettings(SettingGroup):
    """How a promoted version is watched, to be rolled back if it is worse."""

    prefix: ClassVar[str] = "HOUSING_WATCH_"

    days: float = Field(
        7.0,
        ge=0,
        le=365,
        description="How long a promoted version is compared with the one before it on what it answered, to"
        " be rolled back if it is worse. 0: never.",
    )
    minimum_rows: int = Field(
        100, ge=10, description="Labelled predictions below which a promoted version is not judged."
    )
    confidence_share: float = Field(
        0.95,
        ge=0.5,
        le=0.99,
        description="Confidence, all looks of a watch together, at which a promoted version is rolled back.",
    )
    manual_promotions: bool = Field(
        False,
        description="Watch what a person promoted too. Off: only what the promotion gate let through.",
    )


class ShadowSettings(SettingGroup):
    """How much the newest challenger answers silently."""

    prefix: ClassVar[str] = "HOUSING_SHADOW_"

    share: float = Field(
        0.0,
        ge=0,
        le=1,
        description="Share of the logged predictions that the newest challenger answers too, silently.",
    )
    batch_rows: int = Field(
        2_000,
        ge=1,
        le=100_000,
        description="Logged predictions that the worker looks at in one round of silent answers.",
    )
    minimum_rows: int = Field(
        100, ge=10, description="Silent answers below which there are no figures of them."
    )
