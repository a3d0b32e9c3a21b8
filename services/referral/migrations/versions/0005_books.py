"""The books: day lines that nobody changes, passes and what they found, and the indexes that pages are read by."""

from alembic import op

revision = "0005"
down_revision = "0004"

BOOKS = """
CREATE INDEX referral_live ON referral (id)
    WHERE submitted_at IS NOT NULL AND state NOT IN ('closed', 'cancelled', 'void');
-- The facts that can move a referral between live, closed, cancelled and void: a few in each story.
CREATE INDEX timeline_moved ON timeline (at) WHERE fact IN ('submitted', 'reopened', 'closed', 'confirmed',
    'auto_confirmed', 'ruled_upheld', 'recalled', 'cancel_confirmed', 'stop_received', 'voided', 'discarded', 'purged');

CREATE TABLE book_line (
    position bigint PRIMARY KEY,
    day date NOT NULL,
    agency varchar NOT NULL,
    area varchar NOT NULL,
    live_before integer NOT NULL,
    submitted integer NOT NULL,
    reopened integer NOT NULL,
    closed integer NOT NULL,
    cancelled integer NOT NULL,
    void integer NOT NULL,
    live_after integer NOT NULL,
    closed_voided integer NOT NULL,
    cancelled_voided integer NOT NULL,
    previous varchar NOT NULL,
    key varchar NOT NULL,
    hash varchar NOT NULL,
    signature varchar NOT NULL,
    UNIQUE (day, agency, area)
);

CREATE FUNCTION book_line_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a line of the books is never changed';
END $$;
CREATE TRIGGER book_line_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON book_line
    FOR EACH STATEMENT EXECUTE FUNCTION book_line_stays();

CREATE TABLE book_pass (
    id uuid PRIMARY KEY,
    began_at timestamptz NOT NULL,
    ended_at timestamptz,
    whole boolean NOT NULL,
    clock_was_away boolean NOT NULL,
    pages integer NOT NULL DEFAULT 0,
    found integer NOT NULL DEFAULT 0,
    healed integer NOT NULL DEFAULT 0,
    told_up_to jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX book_pass_began_at ON book_pass (began_at);

CREATE TABLE book_finding (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    pass uuid NOT NULL REFERENCES book_pass,
    at timestamptz NOT NULL,
    kind varchar NOT NULL,
    subject varchar NOT NULL,
    done varchar NOT NULL,
    UNIQUE (pass, kind, subject)
);
"""


def upgrade() -> None:
    op.execute(BOOKS)
