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
"""


def upgrade() -> None:
    op.execute(CODES_AND_PAPERS)
