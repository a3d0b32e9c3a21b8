"""The messages about one referral, found without looking at all."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute("CREATE INDEX message_referral ON message (referral, id) WHERE referral IS NOT NULL")
