"""Areas that got another code by decree; and the numbers that a family has, or had, on papers and in lists."""

from alembic import op

revision = "0006"
down_revision = "0005"

CODES_AND_PAPERS = """
-- In the order of `id` they lead from any code that ever was to today's. `old` is null where an area is new.
CREATE TABLE region_change (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    old varchar REFERENCES region,
    new varchar NOT NULL REFERENCES region,
    effective date NOT NULL,
    decree varchar NOT NULL,
    decided_by uuid NOT NULL,
    decided_at timestamptz NOT NULL
);

-- Since when a family has its present KK, and who recorded that; null: since it was recorded itself.
ALTER TABLE family ADD COLUMN kk_from date, ADD COLUMN kk_by uuid;
-- What else a family is known by: the KK numbers that it had before, and what lists call it.
CREATE TABLE family_paper (
    id uuid PRIMARY KEY,
    family uuid NOT NULL REFERENCES family,
    kind varchar NOT NULL,
    hash bytea NOT NULL,
    sealed bytea NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    recorded_by uuid NOT NULL,
    recorded_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX family_paper_one_valid ON family_paper (family, kind) WHERE valid_to IS NULL;
CREATE INDEX family_paper_family ON family_paper (family);
CREATE INDEX family_paper_hash ON family_paper (hash, kind);
"""


def upgrade() -> None:
    op.execute(CODES_AND_PAPERS)
