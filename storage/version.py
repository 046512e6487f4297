"""The version of this product, said once; ``CHANGELOG.md`` says what each one brought."""

VERSION = "0.2.0"
"""By semantic versioning; a test holds ``pyproject.toml`` and the changelog to it."""
