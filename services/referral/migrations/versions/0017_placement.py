"""Waiting lists, intakes with their places, and the after-care of whoever comes home from an institution."""

from alembic import op

revision = "0017"
down_revision = "0016"

PLACEMENT = """
ALTER TABLE referral ADD COLUMN intake uuid, ADD COLUMN listed_at timestamptz;
CREATE INDEX referral_waitlisted ON referral
    (unit_to, service, coalesce(intake, '00000000-0000-0000-0000-000000000000'), listed_at, id)
    WHERE state = 'waitlisted';
CREATE INDEX referral_of_intake ON referral (intake) WHERE intake IS NOT NULL;
CREATE TABLE intake (
    id uuid PRIMARY KEY,
    unit text NOT NULL,
    service text NOT NULL,
    opens_on date NOT NULL,
    closes_on date NOT NULL,
    starts_on date NOT NULL,
    places integer NOT NULL,
    taken integer NOT NULL DEFAULT 0,
    set_by uuid NOT NULL,
    set_at timestamptz NOT NULL,
    CHECK (opens_on <= closes_on AND closes_on <= starts_on),
    CHECK (taken BETWEEN 0 AND places)
);
CREATE INDEX intake_of_unit ON intake (unit, service, opens_on);
CREATE TABLE way_home (
    stay uuid NOT NULL,
    service text NOT NULL,
    referral uuid NOT NULL,
    opened boolean NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (stay, service)
);
CREATE INDEX way_home_of ON way_home (referral);
CREATE INDEX way_home_at ON way_home (at);
CREATE INDEX timeline_place_taken ON timeline (at) WHERE fact = 'place_taken';
"""


def upgrade() -> None:
    op.execute(PLACEMENT)
