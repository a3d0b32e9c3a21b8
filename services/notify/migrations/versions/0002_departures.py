"""When an officer left: every process asks who left lately, and refuses their tokens."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("ALTER TABLE officer ADD COLUMN gone_at timestamptz")
    op.execute("UPDATE officer SET gone_at = now() WHERE gone")
    op.execute("CREATE INDEX officer_gone_at ON officer (gone_at) WHERE gone_at IS NOT NULL")
