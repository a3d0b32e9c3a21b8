"""What the agencies' lists say of each person, and the files that brought it."""

from alembic import op

revision = "0003"
down_revision = "0002"

LISTS = """
CREATE TABLE listed_person (
    list varchar NOT NULL,
    id varchar NOT NULL,
    family varchar NOT NULL,
    region varchar NOT NULL,
    dated date NOT NULL,
    batch uuid NOT NULL,
    content_hash bytea NOT NULL,
    kk_hash bytea,
    nik_hash bytea,
    name_hashes bytea[] NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (list, id)
);
CREATE INDEX listed_person_family ON listed_person (list, family);
CREATE INDEX listed_person_region ON listed_person (region, list);
CREATE INDEX listed_person_nik ON listed_person (nik_hash) WHERE nik_hash IS NOT NULL;
CREATE INDEX listed_person_kk ON listed_person (kk_hash) WHERE kk_hash IS NOT NULL;
CREATE INDEX listed_person_names ON listed_person USING gin (name_hashes);

CREATE TABLE import_batch (
    id uuid PRIMARY KEY,
    list varchar NOT NULL,
    content bytea NOT NULL,
    state varchar NOT NULL,
    unit varchar NOT NULL REFERENCES unit,
    area varchar NOT NULL,
    officer uuid NOT NULL,
    sent_at timestamptz NOT NULL,
    columns jsonb NOT NULL DEFAULT '{}',
    step_began_at timestamptz,
    rows bigint,
    done bigint NOT NULL DEFAULT 0,
    report jsonb,
    refusal jsonb,
    applied_at timestamptz
);
-- A file is one batch, however often it is sent.
CREATE UNIQUE INDEX import_batch_content ON import_batch (list, content) WHERE state <> 'refused';
CREATE INDEX import_batch_unit ON import_batch (unit, sent_at);
"""


def upgrade() -> None:
    op.execute(LISTS)
