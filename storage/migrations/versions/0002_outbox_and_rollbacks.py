"""Messages: how often one was sent blindly, and the indexes by which the next of thousands is found.

Rollbacks: who decided to leave a pointer as it was found.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("message", sa.Column("blind_sends", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("messages_next", "message", ["state", "priority", "id"])
    op.create_index("messages_of_change", "message", ["change_id", "recipient"])
    # With this one at hand SQLite sorts all that is due, each time, rather than take the first.
    op.drop_index("messages_due", "message")
    op.drop_index("ix_message_change_id", "message")
    op.add_column("rollback", sa.Column("left_by", sa.String(), nullable=True))
