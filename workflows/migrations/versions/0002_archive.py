"""The archive: which runs have closed, where their histories are kept, and the histories that are kept here."""

from alembic import op

revision = "0002"
down_revision = "0001"

ARCHIVE = """
-- A run that has closed; `kept_at` once its history is in the archive, `given_up_at` where it was gone before.
CREATE TABLE closed_run (
    run_id uuid PRIMARY KEY,
    workflow_id varchar NOT NULL,
    type varchar NOT NULL,
    closed_at timestamptz NOT NULL,
    kept_at timestamptz,
    given_up_at timestamptz,
    place varchar,
    name varchar,
    sha256 varchar,
    events integer,
    size_bytes integer,
    kept_bytes integer,
    CHECK ((kept_at IS NULL) = (place IS NULL OR name IS NULL OR sha256 IS NULL))
);
CREATE INDEX closed_run_waiting ON closed_run (closed_at, run_id) WHERE kept_at IS NULL AND given_up_at IS NULL;
CREATE INDEX closed_run_kept ON closed_run (closed_at, run_id) WHERE kept_at IS NOT NULL;

-- Up to `at` every run that closed is in the table above; `read_at`: when Temporal's list was read to its end last.
CREATE TABLE closed_up_to (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    at timestamptz,
    read_at timestamptz NOT NULL
);

-- The histories that are kept here and not in a bucket. They are compressed already.
CREATE TABLE kept_history (name varchar PRIMARY KEY, content bytea NOT NULL);
ALTER TABLE kept_history ALTER COLUMN content SET STORAGE EXTERNAL;
"""


def upgrade() -> None:
    op.execute(ARCHIVE)
