"""The version of this product, defined once; ``CHANGELOG.md`` lists the changes."""

VERSION = "0.2.0"
"""Follows semantic versioning; a test compares ``pyproject.toml`` and the changelog with it."""
