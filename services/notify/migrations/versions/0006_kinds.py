"""Which kind of case was heard of: what is told of a referral is not asked for under the name of a request."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute("ALTER TABLE seen ADD COLUMN kind varchar NOT NULL DEFAULT 'referral'")
