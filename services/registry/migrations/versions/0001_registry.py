"""The registry: areas, units, officers, accounts, families, and who may read them."""

from alembic import op

from services.kit.delivery_tables import DELIVERY_DDL

revision = "0001"
down_revision = None

OFFICES = """
CREATE TABLE region (
    code varchar PRIMARY KEY,
    name varchar NOT NULL,
    level varchar NOT NULL,
    parent varchar,
    valid_from date,
    valid_to date
);
CREATE INDEX region_parent ON region (parent);

CREATE TABLE unit (
    id varchar PRIMARY KEY,
    version bigint NOT NULL,
    agency varchar NOT NULL,
    level varchar NOT NULL,
    region varchar NOT NULL,
    parent varchar,
    title varchar NOT NULL,
    active boolean NOT NULL
);
-- What a route is found by. The system never routes to an institution.
CREATE INDEX unit_route ON unit (agency, region) WHERE active AND level <> 'upt';

CREATE TABLE offer (
    unit varchar NOT NULL REFERENCES unit,
    service varchar NOT NULL,
    place_limit integer CHECK (place_limit >= 0),
    set_by uuid,
    PRIMARY KEY (unit, service)
);
"""

PEOPLE = """
CREATE TABLE officer (
    id uuid PRIMARY KEY,
    version bigint NOT NULL,
    staff_no varchar NOT NULL UNIQUE,
    unit varchar NOT NULL REFERENCES unit,
    role varchar NOT NULL,
    village varchar,
    language varchar NOT NULL,
    contact bytea NOT NULL,
    left_at timestamptz
);
CREATE INDEX officer_unit ON officer (unit) WHERE left_at IS NULL;
CREATE INDEX officer_left_at ON officer (left_at) WHERE left_at IS NOT NULL;

CREATE TABLE account (
    officer uuid PRIMARY KEY REFERENCES officer,
    password_hash varchar NOT NULL
);

CREATE TABLE sign_in_failure (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    subject bytea NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX sign_in_failure_subject ON sign_in_failure (subject, at);
CREATE INDEX sign_in_failure_at ON sign_in_failure (at);

CREATE TABLE refresh_token (
    hash bytea PRIMARY KEY,
    sign_in uuid NOT NULL,
    officer uuid NOT NULL REFERENCES officer,
    expires_at timestamptz NOT NULL,
    rotated_at timestamptz
);
CREATE INDEX refresh_token_sign_in ON refresh_token (sign_in);
CREATE INDEX refresh_token_officer ON refresh_token (officer);
"""

FAMILIES = """
CREATE TABLE family (
    id uuid PRIMARY KEY,
    version bigint NOT NULL,
    region varchar NOT NULL REFERENCES region,
    agency varchar NOT NULL,
    unit varchar NOT NULL REFERENCES unit,
    restricted boolean NOT NULL,
    recorded_by uuid NOT NULL,
    recorded_at timestamptz NOT NULL,
    kk_hash bytea,
    content_hash bytea NOT NULL,
    sealed bytea NOT NULL
);
CREATE INDEX family_kk ON family (kk_hash) WHERE kk_hash IS NOT NULL;

CREATE TABLE member (
    id uuid PRIMARY KEY,
    family uuid NOT NULL REFERENCES family,
    agency varchar NOT NULL,
    position smallint NOT NULL,
    nik_hash bytea,
    name_hashes bytea[] NOT NULL,
    sealed bytea NOT NULL
);
-- Each agency knows a person once; the two may both know the same one.
CREATE UNIQUE INDEX member_one_nik ON member (nik_hash, agency) WHERE nik_hash IS NOT NULL;
CREATE INDEX member_family ON member (family);
CREATE INDEX member_name_hashes ON member USING gin (name_hashes);

CREATE TABLE access_grant (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    family uuid NOT NULL,
    unit varchar NOT NULL,
    referral uuid NOT NULL,
    purpose varchar NOT NULL,
    assignee uuid,
    opened_at timestamptz NOT NULL,
    closed_at timestamptz,
    expires_at timestamptz
);
CREATE UNIQUE INDEX access_grant_one_open ON access_grant (referral) WHERE closed_at IS NULL;
CREATE INDEX access_grant_family ON access_grant (family, unit);

CREATE TABLE read_audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    family uuid NOT NULL,
    officer uuid NOT NULL,
    staff_no varchar NOT NULL,
    unit varchar NOT NULL,
    purpose varchar NOT NULL,
    unmasked boolean NOT NULL
);
CREATE INDEX read_audit_family ON read_audit (family, id);

CREATE TABLE referral_seen (
    referral uuid PRIMARY KEY,
    version bigint NOT NULL,
    number varchar NOT NULL,
    family uuid NOT NULL,
    service varchar NOT NULL,
    state varchar NOT NULL,
    attempt smallint NOT NULL,
    agency_from varchar NOT NULL,
    unit_from varchar NOT NULL,
    unit_to varchar,
    restricted boolean NOT NULL,
    outcome varchar,
    closed_at timestamptz,
    stop_told boolean NOT NULL DEFAULT false
) WITH (fillfactor = 80);
CREATE INDEX referral_seen_family ON referral_seen (family);
CREATE INDEX referral_seen_load ON referral_seen (unit_to)
    WHERE state NOT IN ('draft', 'triage', 'rerouting', 'closed', 'cancelled', 'void');
"""


def upgrade() -> None:
    for script in (DELIVERY_DDL, OFFICES, PEOPLE, FAMILIES):
        op.execute(script)
