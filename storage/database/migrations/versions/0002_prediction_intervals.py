"""Predictions keep the interval that was answered with them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BOUNDS = ("interval_lower", "interval_upper")


def upgrade() -> None:
    """Add the bounds; predictions made before have none."""
    for name in BOUNDS:
        op.add_column("predictions", sa.Column(name, sa.Float(53)))


def downgrade() -> None:
    """Drop the bounds."""
    for name in BOUNDS:
        op.drop_column("predictions", name)
