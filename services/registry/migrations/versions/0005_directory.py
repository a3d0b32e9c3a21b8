"""The directory: hours and closures of the offices, waiting lists, and codes by which officers set a password."""

from alembic import op

revision = "0005"
down_revision = "0004"

DIRECTORY = """
-- set_by: who changed the office; the data files decide about it no longer. hours: by day, empty where none are known.
ALTER TABLE unit ADD COLUMN set_by uuid, ADD COLUMN hours jsonb NOT NULL DEFAULT '{}';
-- Whether the unit keeps a waiting list for the service, and so can be asked although it is full.
ALTER TABLE offer ADD COLUMN waitlist boolean NOT NULL DEFAULT false;

CREATE TABLE closure (
    unit varchar NOT NULL REFERENCES unit,
    first_day date NOT NULL,
    last_day date NOT NULL CHECK (last_day >= first_day),
    reason varchar NOT NULL,
    PRIMARY KEY (unit, first_day)
);

-- What a unit has in hand for one service is counted whenever somebody is routed to it.
DROP INDEX referral_seen_load;
CREATE INDEX referral_seen_load ON referral_seen (unit_to, service, state)
    WHERE state NOT IN ('draft', 'triage', 'rerouting', 'closed', 'cancelled', 'void');

CREATE TABLE invitation (
    officer uuid PRIMARY KEY REFERENCES officer,
    code_hash bytea NOT NULL,
    expires_at timestamptz NOT NULL
);
"""


def upgrade() -> None:
    op.execute(DIRECTORY)
