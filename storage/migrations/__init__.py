"""Alembic's folder: numbered migrations from the first version on."""
