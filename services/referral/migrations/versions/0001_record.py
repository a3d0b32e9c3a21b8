"""The record: referrals, attempts, timelines, places, and the copies of the registry's world."""

from alembic import op

from services.kit.delivery_tables import DELIVERY_DDL

revision = "0001"
down_revision = None

RECORD = """
CREATE SEQUENCE referral_number;

CREATE TABLE referral (
    id uuid PRIMARY KEY,
    number varchar NOT NULL UNIQUE,
    family uuid NOT NULL,
    service varchar NOT NULL,
    priority varchar NOT NULL,
    region varchar NOT NULL,
    restricted boolean NOT NULL,
    basis varchar NOT NULL,
    has_consent boolean NOT NULL,
    unit_from varchar NOT NULL,
    agency_from varchar NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    policy_version varchar NOT NULL,
    calendar_version varchar NOT NULL,
    state varchar NOT NULL,
    version bigint NOT NULL,
    acted_version bigint NOT NULL,
    attempt smallint NOT NULL,
    unit_to varchar,
    assignee uuid,
    outcome varchar,
    overridden boolean NOT NULL,
    submitted_at timestamptz,
    closed_at timestamptz,
    follow_up_at timestamptz,
    due_at timestamptz,
    next_mark_at timestamptz,
    waits_for varchar,
    holder uuid,
    queue_at timestamptz NOT NULL,
    warned_at timestamptz,
    progress jsonb NOT NULL,
    clocks jsonb NOT NULL,
    sealed bytea NOT NULL
) WITH (fillfactor = 80);
-- One live referral for a need, unless a person said why there are two.
CREATE UNIQUE INDEX referral_one_live_need ON referral (family, service)
    WHERE NOT overridden AND state NOT IN ('draft', 'closed', 'cancelled', 'void');
CREATE INDEX referral_family ON referral (family);
CREATE INDEX referral_waits_for ON referral (waits_for, queue_at, id) WHERE waits_for IS NOT NULL;
CREATE INDEX referral_holder ON referral (holder, queue_at, id) WHERE holder IS NOT NULL;
CREATE INDEX referral_next_mark_at ON referral (next_mark_at) WHERE next_mark_at IS NOT NULL;
CREATE INDEX referral_draft ON referral (created_at) WHERE state = 'draft' AND submitted_at IS NULL;
CREATE INDEX referral_follow_up_at ON referral (follow_up_at) WHERE follow_up_at IS NOT NULL;
CREATE INDEX referral_assignee ON referral (assignee) WHERE waits_for IS NOT NULL AND assignee IS NOT NULL;

CREATE TABLE attempt (
    referral uuid NOT NULL REFERENCES referral,
    attempt smallint NOT NULL,
    unit varchar NOT NULL,
    offered_at timestamptz NOT NULL,
    claimed_at timestamptz,
    ended_at timestamptz,
    ended_by varchar,
    reason varchar,
    outcome varchar,
    PRIMARY KEY (referral, attempt)
);

CREATE TABLE timeline (
    referral uuid NOT NULL REFERENCES referral,
    version bigint NOT NULL,
    fact varchar NOT NULL,
    at timestamptz NOT NULL,
    officer uuid,
    staff_no varchar NOT NULL,
    unit varchar,
    state varchar NOT NULL,
    attempt smallint NOT NULL,
    reason varchar,
    outcome varchar,
    clock varchar,
    mark varchar,
    told jsonb,
    sealed bytea,
    PRIMARY KEY (referral, version)
);

CREATE TABLE refusal (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    referral uuid NOT NULL,
    action varchar NOT NULL,
    officer uuid NOT NULL,
    unit varchar NOT NULL,
    code varchar NOT NULL
);
CREATE INDEX refusal_referral ON refusal (referral);

CREATE TABLE place (
    unit varchar NOT NULL,
    service varchar NOT NULL,
    limit_ integer,
    taken integer NOT NULL DEFAULT 0 CHECK (taken >= 0),
    PRIMARY KEY (unit, service)
);

CREATE TABLE unit (
    unit varchar PRIMARY KEY,
    version bigint NOT NULL,
    agency varchar NOT NULL,
    level varchar NOT NULL,
    region varchar NOT NULL,
    parent varchar,
    services text[] NOT NULL,
    active boolean NOT NULL
);

CREATE TABLE officer (
    officer uuid PRIMARY KEY,
    version bigint NOT NULL,
    unit varchar NOT NULL,
    role varchar NOT NULL,
    gone boolean NOT NULL
);
CREATE INDEX officer_unit_role ON officer (unit, role) WHERE NOT gone;

CREATE TABLE family (
    family uuid PRIMARY KEY,
    version bigint NOT NULL,
    region varchar NOT NULL,
    agency varchar NOT NULL,
    unit varchar NOT NULL,
    restricted boolean NOT NULL
);
"""


def upgrade() -> None:
    op.execute(DELIVERY_DDL)
    op.execute(RECORD)
