"""The settings (model, sampling, tools) of what a revision replaces. Earlier revisions never read any."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("revision", sa.Column("before_boundary", sa.JSON(), nullable=True))
