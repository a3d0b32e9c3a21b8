"""What somebody has sent and is not over yet, found without looking at everything."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute("CREATE INDEX referral_sent ON referral (created_by) WHERE waits_for IS NOT NULL")
