"""What is predicted: the median house value of a block group, its unit, and which values can be."""

TARGET_NAME = "MedHouseVal"
TARGET_UNIT = "100,000 USD"
TARGET_UNIT_DOLLARS = 100_000
TARGET_CAP = 5.00001
"""The census recorded every higher value as this one: the target is censored here."""
CAPPED_FROM = 5.0
"""Values at the cap are ``TARGET_CAP``, or this where a source rounded them."""
ACCEPTED_TARGETS = (0.0, 100.0)
"""Lowest and highest accepted value: wide, but one that is in dollars falls outside."""
