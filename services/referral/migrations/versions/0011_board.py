"""What the board is read from: counts by service, how long steps took on each day, and indexes of its lists."""

from alembic import op

revision = "0011"
down_revision = "0010"

BOARD = """
-- Until now a step did not say for which service; the old ones go into the sums that need not know.
INSERT INTO tally (area, unit, state, number)
SELECT area, unit, state, sum(change) FROM tally_step GROUP BY area, unit, state
ON CONFLICT (area, unit, state) DO UPDATE SET number = tally.number + excluded.number;
DELETE FROM tally_step;
ALTER TABLE tally_step ADD COLUMN service varchar NOT NULL;
CREATE TABLE service_tally (
    area varchar COLLATE "C" NOT NULL,
    service varchar NOT NULL,
    state varchar NOT NULL,
    number bigint NOT NULL,
    PRIMARY KEY (area, service, state)
);
CREATE OR REPLACE FUNCTION tally_referral() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.submitted_at IS NOT NULL THEN
        INSERT INTO tally_step (area, unit, state, service, change)
        VALUES (left(OLD.region, 8), coalesce(OLD.waits_for, ''), OLD.state, OLD.service, -1);
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.submitted_at IS NOT NULL THEN
        INSERT INTO tally_step (area, unit, state, service, change)
        VALUES (left(NEW.region, 8), coalesce(NEW.waits_for, ''), NEW.state, NEW.service, 1);
    END IF;
    RETURN NULL;
END $$;
INSERT INTO service_tally (area, service, state, number)
SELECT left(region, 8), service, state, count(*) FROM referral WHERE submitted_at IS NOT NULL GROUP BY 1, 2, 3;

-- All that is asked of a live one stands in the index, so that a filter passes by what it does not want without
-- looking at it.
CREATE INDEX referral_board ON referral (queue_at, id, state, agency_from, service, region COLLATE "C")
    WHERE submitted_at IS NOT NULL AND state NOT IN ('closed', 'cancelled', 'void');
CREATE INDEX referral_ended ON referral (state, closed_at, id, agency_from, service, region COLLATE "C")
    WHERE submitted_at IS NOT NULL AND state IN ('closed', 'cancelled', 'void');
-- The facts with which a step ends whose time is told.
CREATE INDEX timeline_stepped ON timeline (at) WHERE fact IN ('claimed', 'declined', 'redirected', 'expired',
    'accepted', 'contacted', 'reported', 'confirmed', 'auto_confirmed', 'ruled_upheld');
CREATE TABLE step_day (
    area varchar COLLATE "C" NOT NULL,
    day date NOT NULL,
    step varchar NOT NULL,
    ended integer NOT NULL,
    in_time integer NOT NULL,
    spans integer[] NOT NULL,
    counts integer[] NOT NULL,
    PRIMARY KEY (area, day, step)
);
CREATE INDEX step_day_day ON step_day (day);
"""


def upgrade() -> None:
    op.execute(BOARD)
