"""From which policy to which a referral was moved; and the way to the referrals of a period."""

from alembic import op

revision = "0006"
down_revision = "0005"

POLICIES = """
ALTER TABLE timeline ADD COLUMN policy_from varchar, ADD COLUMN policy_to varchar;
CREATE INDEX referral_submitted ON referral (submitted_at, id) WHERE submitted_at IS NOT NULL;
"""


def upgrade() -> None:
    op.execute(POLICIES)
