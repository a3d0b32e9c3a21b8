"""Takes long enough that a second process comes while it runs."""

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute("CREATE TABLE migrated (at timestamptz NOT NULL DEFAULT clock_timestamp())")
    op.execute("SELECT pg_sleep(1)")
    op.execute("INSERT INTO migrated DEFAULT VALUES")
