"""The messages, what is known of each referral, and the copy of who works where."""

from alembic import op

from services.kit.delivery_tables import DELIVERY_DDL

revision = "0001"
down_revision = None

MESSAGES = """
CREATE TABLE message (
    id uuid PRIMARY KEY,
    event_id uuid NOT NULL,
    recipient varchar NOT NULL,
    channel varchar NOT NULL,
    officer uuid,
    unit varchar,
    role varchar,
    referral uuid,
    version bigint NOT NULL,
    fact varchar NOT NULL,
    content jsonb NOT NULL,
    urgent boolean NOT NULL,
    digest boolean NOT NULL,
    restricted boolean NOT NULL,
    status varchar NOT NULL,
    why varchar,
    next_at timestamptz,
    tries smallint NOT NULL DEFAULT 0,
    bundle uuid,
    claimed_by varchar,
    claimed_at timestamptz,
    receipt varchar,
    created_at timestamptz NOT NULL,
    sent_at timestamptz,
    read_at timestamptz,
    UNIQUE (event_id, recipient, channel)
) WITH (fillfactor = 80);
CREATE INDEX message_inbox ON message (officer, id) WHERE channel = 'app' AND status = 'sent';
CREATE INDEX message_unread ON message (officer) WHERE channel = 'app' AND status = 'sent' AND read_at IS NULL;
CREATE INDEX message_due ON message (channel, urgent DESC, next_at) WHERE status = 'waiting' AND NOT digest;
CREATE INDEX message_digest ON message (next_at, officer) WHERE status = 'waiting' AND digest;
CREATE INDEX message_sending ON message (claimed_by) WHERE status = 'sending';
CREATE INDEX message_bundle ON message (bundle) WHERE bundle IS NOT NULL;
CREATE INDEX message_held ON message (officer) WHERE status IN ('waiting', 'bundled');
CREATE INDEX message_unsent ON message (referral) WHERE status IN ('waiting', 'bundled', 'sending', 'failed', 'unsure');
CREATE INDEX message_trouble ON message (status, id) WHERE status IN ('failed', 'unsure', 'undeliverable');

CREATE TABLE seen (
    referral uuid PRIMARY KEY,
    version bigint NOT NULL,
    state varchar NOT NULL,
    clocks jsonb NOT NULL,
    stopped_version bigint
) WITH (fillfactor = 80);

CREATE TABLE unit (
    unit varchar PRIMARY KEY,
    version bigint NOT NULL,
    title varchar NOT NULL,
    region varchar NOT NULL,
    parent varchar
);

CREATE TABLE officer (
    officer uuid PRIMARY KEY,
    version bigint NOT NULL,
    unit varchar NOT NULL,
    role varchar NOT NULL,
    language varchar NOT NULL,
    village varchar,
    contact varchar,
    gone boolean NOT NULL
);
CREATE INDEX officer_unit_role ON officer (unit, role) WHERE NOT gone;
CREATE INDEX officer_role ON officer (role) WHERE NOT gone AND role = 'operator';
"""


def upgrade() -> None:
    op.execute(DELIVERY_DDL)
    op.execute(MESSAGES)
