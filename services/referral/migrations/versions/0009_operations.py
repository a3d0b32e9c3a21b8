"""The ways to what operators look for: by deadline, by state, by kabupaten or kota."""

from alembic import op

revision = "0009"
down_revision = "0008"

OPERATIONS = """
CREATE INDEX referral_operated ON referral (queue_at, id)
    WHERE submitted_at IS NOT NULL AND state NOT IN ('closed', 'cancelled', 'void');
CREATE INDEX referral_operated_state ON referral (state, queue_at, id) WHERE submitted_at IS NOT NULL;
CREATE INDEX referral_operated_area ON referral (left(region, 5), queue_at, id)
    WHERE submitted_at IS NOT NULL AND state NOT IN ('closed', 'cancelled', 'void');
"""


def upgrade() -> None:
    op.execute(OPERATIONS)
