"""The trail is append-only for whoever holds a connection, not only for well-behaved code."""

from sqlalchemy.engine import Connection

MESSAGE = "the audit trail is append-only"


def protect_audit_trail(connection: Connection) -> None:
    """Have the database itself refuse to alter or delete rows of the trail."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$"
        )
    for verb in ("UPDATE", "DELETE"):
        act = (
            "FOR EACH ROW EXECUTE FUNCTION audit_refuse()"
            if connection.dialect.name == "postgresql"
            else f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        )
        connection.exec_driver_sql(f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON auditrow {act}")
