"""Requests for a speaker: their sessions, what they keep busy, rooms, and addresses of calendars."""

from alembic import op

revision = "0014"
down_revision = "0013"

REQUESTS = """
CREATE SEQUENCE speaker_request_number;
CREATE TABLE speaker_request (
    id uuid PRIMARY KEY,
    number varchar NOT NULL UNIQUE,
    topic varchar NOT NULL,
    wish jsonb NOT NULL,
    region varchar NOT NULL,
    unit_from varchar NOT NULL,
    agency_from varchar NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    policy_version varchar NOT NULL,
    calendar_version varchar NOT NULL,
    priority varchar NOT NULL,
    state varchar NOT NULL,
    version bigint NOT NULL,
    acted_version bigint NOT NULL,
    attempt smallint NOT NULL,
    unit_to varchar,
    speaker uuid,
    speaker_unit varchar,
    sessions jsonb NOT NULL,
    move jsonb,
    asked text[] NOT NULL,
    parked varchar,
    system_offers smallint NOT NULL,
    reason varchar,
    not_held varchar,
    short_notice boolean NOT NULL,
    closed_at timestamptz,
    clocks jsonb NOT NULL,
    due_at timestamptz,
    next_mark_at timestamptz,
    waits_for varchar,
    holder uuid,
    queue_at timestamptz NOT NULL,
    sealed bytea NOT NULL
);
CREATE INDEX speaker_request_waits_for ON speaker_request (waits_for, queue_at, id) WHERE waits_for IS NOT NULL;
CREATE INDEX speaker_request_holder ON speaker_request (holder, queue_at, id) WHERE holder IS NOT NULL;
CREATE INDEX speaker_request_sent ON speaker_request (unit_from, queue_at, id) WHERE closed_at IS NULL;
CREATE INDEX speaker_request_asked ON speaker_request (unit_to, queue_at, id) WHERE closed_at IS NULL;
CREATE INDEX speaker_request_live ON speaker_request (id) WHERE closed_at IS NULL;
CREATE INDEX speaker_request_speaker ON speaker_request (speaker) WHERE closed_at IS NULL AND speaker IS NOT NULL;
CREATE TABLE speaker_line (
    request uuid NOT NULL REFERENCES speaker_request (id),
    version bigint NOT NULL,
    fact varchar NOT NULL,
    at timestamptz NOT NULL,
    officer uuid,
    staff_no varchar NOT NULL,
    unit varchar,
    state varchar NOT NULL,
    attempt smallint NOT NULL,
    session smallint,
    reason varchar,
    clock varchar,
    mark varchar,
    told jsonb,
    sealed bytea,
    PRIMARY KEY (request, version)
);
CREATE INDEX speaker_line_at ON speaker_line (at) WHERE fact = 'requested' OR state IN ('held', 'not_held');
CREATE TABLE speaker_session (
    request uuid NOT NULL REFERENCES speaker_request (id),
    no smallint NOT NULL,
    number varchar NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    status varchar NOT NULL,
    reason varchar,
    topic varchar NOT NULL,
    region varchar NOT NULL,
    unit_from varchar NOT NULL,
    agency_from varchar NOT NULL,
    unit_to varchar,
    speaker uuid,
    room uuid,
    attendance jsonb NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (request, no)
);
CREATE INDEX speaker_session_asker ON speaker_session (unit_from, starts_at);
CREATE INDEX speaker_session_unit ON speaker_session (unit_to, starts_at);
CREATE INDEX speaker_session_speaker ON speaker_session (speaker, starts_at);
CREATE INDEX speaker_session_starts ON speaker_session (starts_at);
CREATE TABLE booking (
    kind varchar NOT NULL,
    what uuid NOT NULL,
    at timestamptz NOT NULL,
    request uuid NOT NULL REFERENCES speaker_request (id),
    PRIMARY KEY (kind, what, at)
);
CREATE INDEX booking_request ON booking (request);
CREATE TABLE room (
    id uuid PRIMARY KEY,
    unit varchar NOT NULL,
    title varchar NOT NULL,
    seats smallint NOT NULL,
    active boolean NOT NULL,
    version bigint NOT NULL
);
CREATE INDEX room_unit ON room (unit);
CREATE TABLE calendar_feed (
    token_hash bytea PRIMARY KEY,
    unit varchar NOT NULL,
    officer uuid,
    made_by uuid NOT NULL,
    made_at timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE UNIQUE INDEX calendar_feed_open
    ON calendar_feed (unit, coalesce(officer, '00000000-0000-0000-0000-000000000000'))
    WHERE ended_at IS NULL;
"""


def upgrade() -> None:
    op.execute(REQUESTS)
