"""What the joint report counts of institutions, and what operators look for among requests, is found by itself."""

from alembic import op

revision = "0018"
down_revision = "0017"

JOINT_REPORT = """
CREATE INDEX speaker_request_open ON speaker_request (queue_at, id) WHERE closed_at IS NULL;
CREATE INDEX speaker_request_state ON speaker_request (state, queue_at, id);
CREATE INDEX referral_residential ON referral (submitted_at) WHERE service IN ('UPT-PPSAA', 'UPT-PSBR');
"""


def upgrade() -> None:
    op.execute(JOINT_REPORT)
