"""What is predicted, its unit, and which values can be: the ``[target]`` of ``table.toml``."""

from storage.domain.table import TABLE

TARGET_NAME = TABLE.target.name
TARGET_UNIT = TABLE.target.unit
TARGET_UNIT_DOLLARS = TABLE.target.dollars
TARGET_CAP = TABLE.target.cap
"""Every higher value was recorded as this one: the target is censored here."""
CAPPED_FROM = TABLE.target.capped_from
"""Values at the cap are ``TARGET_CAP``, or this where a source rounded them."""
ACCEPTED_TARGETS = (TABLE.target.accepted.lowest, TABLE.target.accepted.highest)
"""Lowest and highest actual value that is taken."""
