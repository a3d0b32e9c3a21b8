"""What an office is called, for calendars that show where a session is held."""

from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.execute("ALTER TABLE unit ADD COLUMN title varchar")
