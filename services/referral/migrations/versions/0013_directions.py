"""How many were sent, and how long steps took, by who referred to whom. The last quarter is counted anew."""

from alembic import op

revision = "0013"
down_revision = "0012"

DIRECTIONS = """
DROP TABLE step_day;
CREATE TABLE step_day (
    area varchar COLLATE "C" NOT NULL,
    day date NOT NULL,
    step varchar NOT NULL,
    agency_from varchar NOT NULL,
    agency_to varchar NOT NULL,
    ended integer NOT NULL,
    in_time integer NOT NULL,
    spans integer[] NOT NULL,
    counts integer[] NOT NULL,
    PRIMARY KEY (area, day, step, agency_from, agency_to)
);
CREATE INDEX step_day_day ON step_day (day);
CREATE TABLE sent_day (
    area varchar COLLATE "C" NOT NULL,
    day date NOT NULL,
    agency_from varchar NOT NULL,
    agency_to varchar NOT NULL,
    sent integer NOT NULL,
    PRIMARY KEY (area, day, agency_from, agency_to)
);
CREATE INDEX sent_day_day ON sent_day (day);
"""


def upgrade() -> None:
    op.execute(DIRECTIONS)
