"""Predictions are found by version and time together: a short window no longer reads all of a version."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BY_VERSION, BY_VERSION_AND_TIME = "ix_predictions_model_version", "ix_predictions_version_and_time"


def upgrade() -> None:
    """Replace the index on the version."""
    op.create_index(BY_VERSION_AND_TIME, "predictions", ["model_version", "timestamp"])
    op.drop_index(BY_VERSION, "predictions")


def downgrade() -> None:
    """Bring it back."""
    op.create_index(BY_VERSION, "predictions", ["model_version"])
    op.drop_index(BY_VERSION_AND_TIME, "predictions")
