"""Who read sealed text of a referral."""

from alembic import op

revision = "0004"
down_revision = "0003"

READINGS = """
CREATE TABLE reading (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    referral uuid NOT NULL,
    officer uuid NOT NULL,
    staff_no varchar NOT NULL,
    unit varchar NOT NULL,
    what varchar NOT NULL
);
CREATE INDEX reading_referral ON reading (referral, id);
"""


def upgrade() -> None:
    op.execute(READINGS)
