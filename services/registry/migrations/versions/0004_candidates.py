"""Who of one list is who in the other, what that says of a family, and what is proposed for it."""

from alembic import op

revision = "0004"
down_revision = "0003"

CANDIDATES = """
CREATE TABLE person_link (
    dtsen varchar NOT NULL,
    pk varchar NOT NULL,
    decision varchar NOT NULL,
    score real NOT NULL,
    kind varchar NOT NULL,
    evidence varchar[] NOT NULL,
    region varchar NOT NULL,
    verdict varchar,
    decided_by uuid,
    decided_at timestamptz,
    PRIMARY KEY (dtsen, pk)
);
CREATE INDEX person_link_pk ON person_link (pk);
CREATE INDEX person_link_review ON person_link (region, score) WHERE decision = 'review' AND verdict IS NULL;

CREATE TABLE family_risk (
    pk_family varchar PRIMARY KEY,
    region varchar NOT NULL,
    rule_version varchar NOT NULL,
    assessed_on date NOT NULL,
    groups varchar[] NOT NULL,
    factors varchar[] NOT NULL,
    beside varchar[] NOT NULL,
    unknown varchar[] NOT NULL,
    desil smallint,
    at_risk boolean NOT NULL
);
CREATE INDEX family_risk_region ON family_risk (region);

-- What a version of the rule that is to come would change, as of the newest lists.
CREATE TABLE risk_difference (
    version varchar PRIMARY KEY,
    valid_from date NOT NULL,
    compared_with varchar NOT NULL,
    report jsonb NOT NULL
);

CREATE TABLE candidate (
    family uuid NOT NULL,
    service varchar NOT NULL,
    agency varchar NOT NULL,
    list varchar NOT NULL,
    list_family varchar NOT NULL,
    region varchar NOT NULL,
    urgency smallint NOT NULL,
    priority varchar NOT NULL,
    rule varchar NOT NULL,
    map_version varchar NOT NULL,
    PRIMARY KEY (family, service)
);
-- The family that an agency has recorded for one of its list: made when a candidate was taken, or known before.
CREATE TABLE recorded_family (
    agency varchar NOT NULL,
    list_family varchar NOT NULL,
    family uuid NOT NULL REFERENCES family,
    PRIMARY KEY (agency, list_family)
);
-- One queue of an agency's candidates in an area, the most urgent first.
CREATE INDEX candidate_queue ON candidate (agency, urgency, region, family, service);
CREATE INDEX referral_seen_need ON referral_seen (family, service);
"""


def upgrade() -> None:
    op.execute(CANDIDATES)
