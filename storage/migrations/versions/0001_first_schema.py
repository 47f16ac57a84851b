"""The first schema."""

import sqlalchemy as sa
from alembic import op

import storage.columns
from storage.migrations.append_only import protect_audit_trail

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "auditrow",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", storage.columns.UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("previous", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
        sa.UniqueConstraint("previous"),
    )
    with op.batch_alter_table("auditrow", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_auditrow_subject"), ["subject"], unique=False)

    op.create_table(
        "emailpin",
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("slack_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("email"),
    )
    op.create_table(
        "grant",
        sa.Column("workflow", sa.String(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "approve",
                "deploy",
                "roll_back",
                "inform",
                "emergency",
                name="role",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "lane",
            sa.Enum("low", "medium", "high", name="lane", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("principal", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("workflow", "role", "lane", "principal"),
    )
    with op.batch_alter_table("grant", schema=None) as batch_op:
        batch_op.create_index("grant_by_principal", ["principal"], unique=False)

    op.create_table(
        "groupmember",
        sa.Column("group_id", sa.String(), nullable=False),
        sa.Column("slack_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("group_id", "slack_id"),
    )
    op.create_table(
        "kepttext",
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("workflow", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("at", storage.columns.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("version", "workflow"),
    )
    op.create_table(
        "manualpointer",
        sa.Column("workflow", sa.String(), nullable=False),
        sa.Column("pointer", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("workflow", "pointer"),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email"),
    )
    op.create_table(
        "policyversion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("created_at", storage.columns.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "seenevent",
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("at", storage.columns.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("event_id"),
    )
    op.create_table(
        "usergroup",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("handle", sa.String(), nullable=False),
        sa.Column("refreshed_at", storage.columns.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "account",
        sa.Column("slack_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("team_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("member", "guest", "bot", "external", name="accountkind", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("refreshed_at", storage.columns.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("slack_id"),
    )
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_email"), ["email"], unique=False)
        batch_op.create_index(batch_op.f("ix_account_person_id"), ["person_id"], unique=False)

    op.create_table(
        "policyinforce",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("since", storage.columns.UtcDateTime(), nullable=False),
        sa.CheckConstraint("id = 1", name="one_policy_in_force"),
        sa.ForeignKeyConstraint(["version_id"], ["policyversion.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("workflow", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "in_review",
                "changes_requested",
                "stale",
                "approved",
                "scheduled",
                "releasing",
                "live",
                "superseded",
                "rolled_back",
                "failed",
                "rejected",
                "withdrawn",
                "expired",
                name="state",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("state_since", storage.columns.UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("submitter", sa.String(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("impacts", sa.JSON(), nullable=False),
        sa.Column("not_customer_visible_because", sa.String(), nullable=False),
        sa.Column(
            "lane", sa.Enum("low", "medium", "high", name="lane", native_enum=False, length=32), nullable=True
        ),
        sa.Column(
            "lane_raised_to",
            sa.Enum("low", "medium", "high", name="lane", native_enum=False, length=32),
            nullable=True,
        ),
        sa.Column("lane_raised_by", sa.String(), nullable=True),
        sa.Column(
            "lane_lowered_to",
            sa.Enum("low", "medium", "high", name="lane", native_enum=False, length=32),
            nullable=True,
        ),
        sa.Column("lane_reason", sa.String(), nullable=False),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column("gate_required", sa.Boolean(), nullable=False),
        sa.Column("classification", sa.JSON(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("form", sa.JSON(), nullable=False),
        sa.Column("moved_to", sa.String(), nullable=True),
        sa.Column("needs_new_before", sa.Boolean(), nullable=False),
        sa.Column("created_at", storage.columns.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["policy_version"], ["policyversion.id"]),
        sa.ForeignKeyConstraint(["submitter"], ["account.slack_id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_change_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_change_submitter"), ["submitter"], unique=False)
        batch_op.create_index(batch_op.f("ix_change_workflow"), ["workflow"], unique=False)

    op.create_table(
        "ask",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("slack_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["change.id"]),
        sa.ForeignKeyConstraint(["slack_id"], ["account.slack_id"]),
        sa.PrimaryKeyConstraint("change_id", "slack_id"),
    )
    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("content_digest", sa.String(), nullable=False),
        sa.Column("suite", sa.String(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Integer(), nullable=False),
        sa.Column("newly_failing", sa.Integer(), nullable=False),
        sa.Column("scored_by_people", sa.Boolean(), nullable=False),
        sa.Column("link", sa.String(), nullable=False),
        sa.Column("attested_by", sa.String(), nullable=False),
        sa.Column("at", storage.columns.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["attested_by"], ["account.slack_id"]),
        sa.ForeignKeyConstraint(["change_id"], ["change.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_change_id"), ["change_id"], unique=False)

    op.create_table(
        "release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("workflow", sa.String(), nullable=False),
        sa.Column(
            "lane",
            sa.Enum("low", "medium", "high", name="lane", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "in_review",
                "changes_requested",
                "stale",
                "approved",
                "scheduled",
                "releasing",
                "live",
                "superseded",
                "rolled_back",
                "failed",
                "rejected",
                "withdrawn",
                "expired",
                name="state",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("stage", sa.Integer(), nullable=False),
        sa.Column("stages", sa.Integer(), nullable=False),
        sa.Column("old_version", sa.String(), nullable=True),
        sa.Column("old_canary", sa.String(), nullable=True),
        sa.Column("new_version", sa.String(), nullable=False),
        sa.Column("target", sa.JSON(), nullable=False),
        sa.Column("pointer", sa.String(), nullable=False),
        sa.Column("canary_pointer", sa.String(), nullable=True),
        sa.Column("deployer", sa.String(), nullable=False),
        sa.Column("rollback_owner", sa.String(), nullable=False),
        sa.Column("started_at", storage.columns.UtcDateTime(), nullable=False),
        sa.Column("live_at", storage.columns.UtcDateTime(), nullable=True),
        sa.Column("ended_at", storage.columns.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["change_id"], ["change.id"]),
        sa.ForeignKeyConstraint(["deployer"], ["account.slack_id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("release", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_release_change_id"), ["change_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_release_workflow"), ["workflow"], unique=False)
        batch_op.create_index(
            "one_live_release",
            ["workflow"],
            unique=True,
            sqlite_where=sa.text("state = 'live'"),
            postgresql_where=sa.text("state = 'live'"),
        )
        batch_op.create_index(
            "one_release_under_way",
            ["workflow"],
            unique=True,
            sqlite_where=sa.text("state = 'releasing'"),
            postgresql_where=sa.text("state = 'releasing'"),
        )

    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("created_at", storage.columns.UtcDateTime(), nullable=False),
        sa.Column("before_version", sa.String(), nullable=True),
        sa.Column("after_version", sa.String(), nullable=False),
        sa.Column("before_text", sa.String(), nullable=False),
        sa.Column("after_text", sa.String(), nullable=False),
        sa.Column("boundary", sa.JSON(), nullable=False),
        sa.Column("what_changed", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("good", sa.String(), nullable=False),
        sa.Column("rollback_trigger", sa.String(), nullable=False),
        sa.Column("rollback_owner", sa.String(), nullable=False),
        sa.Column("rollback_plan", sa.String(), nullable=False),
        sa.Column("stop_conditions", sa.String(), nullable=False),
        sa.Column("stages", sa.JSON(), nullable=False),
        sa.Column("fallback_version", sa.String(), nullable=True),
        sa.Column("fallback_switch_off", sa.String(), nullable=False),
        sa.Column("content_digest", sa.String(), nullable=False),
        sa.Column("review_digest", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["author"], ["account.slack_id"]),
        sa.ForeignKeyConstraint(["change_id"], ["change.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("change_id", "number"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "touch",
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("slack_id", sa.String(), nullable=False),
        sa.Column("at", storage.columns.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["change.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("change_id", "person_id"),
    )
    op.create_table(
        "vote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=False),
        sa.Column("review_digest", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("slack_id", sa.String(), nullable=False),
        sa.Column(
            "decision",
            sa.Enum("approve", "request_changes", "reject", name="decision", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column(
            "lane",
            sa.Enum("low", "medium", "high", name="lane", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("counting", sa.Boolean(), nullable=False),
        sa.Column("at", storage.columns.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["change.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["slack_id"], ["account.slack_id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("vote", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vote_change_id"), ["change_id"], unique=False)
        batch_op.create_index(
            "one_counting_vote",
            ["change_id", "review_digest", "person_id"],
            unique=True,
            sqlite_where=sa.text("counting"),
            postgresql_where=sa.text("counting"),
        )

    op.create_table(
        "rollback",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("workflow", sa.String(), nullable=False),
        sa.Column("from_version", sa.String(), nullable=True),
        sa.Column("to_version", sa.String(), nullable=True),
        sa.Column("to_release_id", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum("moving", "done", "asking", name="rollbackstate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("reason_by", sa.String(), nullable=True),
        sa.Column("at", storage.columns.UtcDateTime(), nullable=False),
        sa.Column("done_at", storage.columns.UtcDateTime(), nullable=True),
        sa.Column("restore_by", sa.String(), nullable=True),
        sa.Column("restore_reason", sa.String(), nullable=False),
        sa.Column("restore_asked_at", storage.columns.UtcDateTime(), nullable=True),
        sa.Column("restore_confirmed_by", sa.String(), nullable=True),
        sa.Column("restored_at", storage.columns.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"]),
        sa.ForeignKeyConstraint(["to_release_id"], ["release.id"]),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("rollback", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rollback_release_id"), ["release_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_rollback_workflow"), ["workflow"], unique=False)
        batch_op.create_index(
            "one_rollback_under_way",
            ["release_id"],
            unique=True,
            sqlite_where=sa.text("state <> 'done'"),
            postgresql_where=sa.text("state <> 'done'"),
        )

    op.create_table(
        "acknowledgement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rollback_id", sa.Integer(), nullable=False),
        sa.Column("principal", sa.String(), nullable=False),
        sa.Column("acknowledged_by", sa.String(), nullable=True),
        sa.Column("acknowledged_at", storage.columns.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["rollback_id"], ["rollback.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("rollback_id", "principal"),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("only_for", sa.String(), nullable=True),
        sa.Column("change_id", sa.Integer(), nullable=True),
        sa.Column("release_id", sa.Integer(), nullable=True),
        sa.Column("rollback_id", sa.Integer(), nullable=True),
        sa.Column("thread_of", sa.Integer(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("redrawn", sa.Boolean(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("pending", "sent", "parked", name="messagestate", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("ts", sa.String(), nullable=True),
        sa.Column("drawn_version", sa.Integer(), nullable=True),
        sa.Column("drawn_hash", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("ambiguous", sa.Boolean(), nullable=False),
        sa.Column("due_at", storage.columns.UtcDateTime(), nullable=False),
        sa.Column("lease_until", storage.columns.UtcDateTime(), nullable=True),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.Column("created_at", storage.columns.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["change.id"]),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"]),
        sa.ForeignKeyConstraint(["rollback_id"], ["rollback.id"]),
        sa.ForeignKeyConstraint(["thread_of"], ["message.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_message_change_id"), ["change_id"], unique=False)
        batch_op.create_index("message_place", ["channel", "ts"], unique=False)
        batch_op.create_index("messages_due", ["state", "due_at"], unique=False)

    op.create_table(
        "move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("workflow", sa.String(), nullable=False),
        sa.Column("target", sa.JSON(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "canary",
                "production",
                "roll_back",
                "roll_back_canary",
                "restore",
                name="purpose",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("rollback_id", sa.Integer(), nullable=True),
        sa.Column("pointer", sa.String(), nullable=False),
        sa.Column("expected", sa.String(), nullable=True),
        sa.Column("expected_known", sa.Boolean(), nullable=False),
        sa.Column("wanted", sa.String(), nullable=True),
        sa.Column("content_digest", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("instructions", sa.String(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "waiting",
                "done",
                "refused",
                "elsewhere",
                "cancelled",
                name="movestate",
                native_enum=False,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", storage.columns.UtcDateTime(), nullable=False),
        sa.Column("lease_until", storage.columns.UtcDateTime(), nullable=True),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.Column("found", sa.String(), nullable=True),
        sa.Column("created_at", storage.columns.UtcDateTime(), nullable=False),
        sa.Column("done_at", storage.columns.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"]),
        sa.ForeignKeyConstraint(["rollback_id"], ["rollback.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("move", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_move_release_id"), ["release_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_move_workflow"), ["workflow"], unique=False)
        batch_op.create_index("moves_due", ["state", "due_at"], unique=False)
    protect_audit_trail(op.get_bind())


def downgrade() -> None:
    """Undo."""
    with op.batch_alter_table("move", schema=None) as batch_op:
        batch_op.drop_index("moves_due")
        batch_op.drop_index(batch_op.f("ix_move_workflow"))
        batch_op.drop_index(batch_op.f("ix_move_release_id"))

    op.drop_table("move")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index("messages_due")
        batch_op.drop_index("message_place")
        batch_op.drop_index(batch_op.f("ix_message_change_id"))

    op.drop_table("message")
    op.drop_table("acknowledgement")
    with op.batch_alter_table("rollback", schema=None) as batch_op:
        batch_op.drop_index(
            "one_rollback_under_way",
            sqlite_where=sa.text("state <> 'done'"),
            postgresql_where=sa.text("state <> 'done'"),
        )
        batch_op.drop_index(batch_op.f("ix_rollback_workflow"))
        batch_op.drop_index(batch_op.f("ix_rollback_release_id"))

    op.drop_table("rollback")
    with op.batch_alter_table("vote", schema=None) as batch_op:
        batch_op.drop_index(
            "one_counting_vote", sqlite_where=sa.text("counting"), postgresql_where=sa.text("counting")
        )
        batch_op.drop_index(batch_op.f("ix_vote_change_id"))

    op.drop_table("vote")
    op.drop_table("touch")
    op.drop_table("revision")
    with op.batch_alter_table("release", schema=None) as batch_op:
        batch_op.drop_index(
            "one_release_under_way",
            sqlite_where=sa.text("state = 'releasing'"),
            postgresql_where=sa.text("state = 'releasing'"),
        )
        batch_op.drop_index(
            "one_live_release",
            sqlite_where=sa.text("state = 'live'"),
            postgresql_where=sa.text("state = 'live'"),
        )
        batch_op.drop_index(batch_op.f("ix_release_workflow"))
        batch_op.drop_index(batch_op.f("ix_release_change_id"))

    op.drop_table("release")
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_evidence_change_id"))

    op.drop_table("evidence")
    op.drop_table("ask")
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_change_workflow"))
        batch_op.drop_index(batch_op.f("ix_change_submitter"))
        batch_op.drop_index(batch_op.f("ix_change_state"))

    op.drop_table("change")
    op.drop_table("policyinforce")
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_person_id"))
        batch_op.drop_index(batch_op.f("ix_account_email"))

    op.drop_table("account")
    op.drop_table("usergroup")
    op.drop_table("seenevent")
    op.drop_table("policyversion")
    op.drop_table("person")
    op.drop_table("manualpointer")
    op.drop_table("kepttext")
    op.drop_table("groupmember")
    with op.batch_alter_table("grant", schema=None) as batch_op:
        batch_op.drop_index("grant_by_principal")

    op.drop_table("grant")
    op.drop_table("emailpin")
    with op.batch_alter_table("auditrow", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_auditrow_subject"))

    op.drop_table("auditrow")
