"""What waits for somebody who leads, found without looking at everything."""

from alembic import op

revision = "0012"
down_revision = "0011"

DECISIONS = """
ALTER TABLE referral ADD COLUMN decisions text[] NOT NULL DEFAULT '{}';
UPDATE referral SET decisions = found.decisions FROM (
    SELECT id, array_remove(ARRAY[
        CASE WHEN state IN ('triage', 'rerouting') AND progress->>'parked' IS NOT NULL THEN 'offer' END,
        CASE WHEN state = 'reported' AND progress->>'flagged' = 'true' THEN 'ruling' END,
        CASE WHEN state = 'cancelling' AND clocks->'cancel'->>'fired' IN ('due', 'rung_2', 'rung_3', 'repeat')
            THEN 'cancel' END,
        CASE WHEN state NOT IN ('closed', 'cancelled', 'void') AND progress->>'objection_open' = 'true'
            THEN 'objection' END,
        CASE WHEN state NOT IN ('closed', 'cancelled', 'void') AND progress->>'void_requested_by' IS NOT NULL
            THEN 'void' END
    ], NULL) AS decisions FROM referral WHERE waits_for IS NOT NULL
) AS found WHERE referral.id = found.id AND found.decisions <> '{}';
CREATE INDEX referral_decided_by_sender ON referral (unit_from) WHERE decisions <> '{}';
CREATE INDEX referral_decided_by_receiver ON referral (unit_to) WHERE decisions <> '{}';
"""


def upgrade() -> None:
    op.execute(DECISIONS)
