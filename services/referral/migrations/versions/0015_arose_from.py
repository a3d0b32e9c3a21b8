"""Referrals that arose from a speaker's session."""

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.execute("ALTER TABLE referral ADD COLUMN arose_from uuid REFERENCES speaker_request (id)")
    op.execute("CREATE INDEX referral_arose_from ON referral (arose_from) WHERE arose_from IS NOT NULL")
