"""What the joint report counts of institutions is found by itself, among all that is referred."""

from alembic import op

revision = "0018"
down_revision = "0017"

JOINT_REPORT = """
CREATE INDEX referral_residential ON referral (submitted_at) WHERE service IN ('UPT-PPSAA', 'UPT-PSBR');
"""


def upgrade() -> None:
    op.execute(JOINT_REPORT)
