"""How many submitted referrals there are by state, unit and kecamatan, kept by the transaction that moves one."""

from alembic import op

revision = "0007"
down_revision = "0006"

# Digits and dots are compared byte by byte, so that an area and all below it are one stretch of the key.
TALLY = """
CREATE TABLE tally (
    area varchar COLLATE "C" NOT NULL,
    unit varchar NOT NULL,
    state varchar NOT NULL,
    number bigint NOT NULL,
    PRIMARY KEY (area, unit, state)
);
CREATE TABLE tally_step (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    area varchar COLLATE "C" NOT NULL,
    unit varchar NOT NULL,
    state varchar NOT NULL,
    change bigint NOT NULL
);

CREATE FUNCTION tally_referral() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.submitted_at IS NOT NULL THEN
        INSERT INTO tally_step (area, unit, state, change)
        VALUES (left(OLD.region, 8), coalesce(OLD.waits_for, ''), OLD.state, -1);
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.submitted_at IS NOT NULL THEN
        INSERT INTO tally_step (area, unit, state, change)
        VALUES (left(NEW.region, 8), coalesce(NEW.waits_for, ''), NEW.state, 1);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER tally_came AFTER INSERT ON referral FOR EACH ROW
    WHEN (NEW.submitted_at IS NOT NULL) EXECUTE FUNCTION tally_referral();
CREATE TRIGGER tally_moved AFTER UPDATE ON referral FOR EACH ROW
    WHEN (NEW.state <> OLD.state OR NEW.waits_for IS DISTINCT FROM OLD.waits_for OR NEW.region <> OLD.region
        OR (NEW.submitted_at IS NULL) <> (OLD.submitted_at IS NULL))
    EXECUTE FUNCTION tally_referral();
CREATE TRIGGER tally_went AFTER DELETE ON referral FOR EACH ROW
    WHEN (OLD.submitted_at IS NOT NULL) EXECUTE FUNCTION tally_referral();

INSERT INTO tally (area, unit, state, number)
SELECT left(region, 8), coalesce(waits_for, ''), state, count(*) FROM referral
WHERE submitted_at IS NOT NULL GROUP BY 1, 2, 3;
"""


def upgrade() -> None:
    op.execute(TALLY)
