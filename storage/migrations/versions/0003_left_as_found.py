"""Rollbacks: who decided to leave a pointer as it was found."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("rollback", sa.Column("left_by", sa.String(), nullable=True))
