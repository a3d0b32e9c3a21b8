"""The speaker requests checked against themselves: what must never be, as one statement that names what it finds."""

from datetime import datetime
from typing import Final

from services.contracts.book_commands import Checked, CheckRecord
from services.contracts.books import Book
from services.contracts.speaking.lifecycle import SPEAKER_FINAL, SpeakerState
from services.kit.database import Tx
from services.referral.checks import MARK_PATIENCE, by_kind, days_that_differ

_IDS: Final = """
SELECT id FROM speaker_request WHERE (%(after)s::uuid IS NULL OR id > %(after)s::uuid){live}
ORDER BY id LIMIT %(limit)s
"""
_LIVE_IDS: Final = _IDS.format(live=" AND closed_at IS NULL")
_ALL_IDS: Final = _IDS.format(live="")
_GIVES_A_REASON: Final = "('declined', 'given_back', 'session_cancelled', 'cancelled', 'withdrawn')"
# What is agreed waits for its day and stands in nobody's queue, unless something is to be done about it all the same.
_PAGE: Final = f"""
WITH page AS MATERIALIZED (
    SELECT id, state, version, next_mark_at, not_held, speaker, move, waits_for, closed_at IS NULL AS live, story.*,
        (SELECT unit FROM unit WHERE unit = request.waits_for) AS queue,
        (SELECT count(*) FROM booking WHERE booking.request = id AND kind = 'speaker') AS busy,
        (SELECT coalesce(sum(extract(epoch FROM ends_at - starts_at) / 900), 0) FROM speaker_session
            WHERE speaker_session.request = id AND status IN ('planned', 'agreed')) AS quarters
    FROM speaker_request AS request CROSS JOIN LATERAL (
        SELECT count(*) AS lines, min(line.version) AS first, max(line.version) AS last,
            (array_agg(line.state ORDER BY line.version DESC))[1] AS told_state,
            bool_or(line.fact IN {_GIVES_A_REASON} AND line.reason IS NULL) AS without_reason
        FROM speaker_line AS line WHERE line.request = request.id
    ) AS story
    WHERE id = ANY(%(ids)s)
)
SELECT 'version_gap' AS kind, id::text AS subject FROM page
    WHERE lines IS DISTINCT FROM version OR first IS DISTINCT FROM 1 OR last IS DISTINCT FROM version
UNION ALL SELECT 'story_differs', id::text FROM page
    WHERE state IS DISTINCT FROM told_state OR state <> ALL(%(states)s) OR live = (state = ANY(%(final)s))
UNION ALL SELECT 'no_reason', id::text FROM page WHERE without_reason OR (state = 'not_held') <> (not_held IS NOT NULL)
UNION ALL SELECT 'in_no_queue', id::text FROM page
    WHERE live AND queue IS NULL AND (waits_for IS NOT NULL OR state <> 'agreed' OR speaker IS NULL)
UNION ALL SELECT 'nothing_armed', id::text FROM page WHERE live AND next_mark_at IS NULL
UNION ALL SELECT 'booking_differs', id::text FROM page
    WHERE move IS NULL AND busy <> (CASE WHEN speaker IS NULL THEN 0 ELSE quarters END)
ORDER BY 1, 2
"""
_LATE: Final = """
SELECT 'mark_overdue' AS kind, id::text AS subject FROM speaker_request
WHERE closed_at IS NULL AND next_mark_at < %(late)s ORDER BY 2
"""


async def check_requests(tx: Tx, command: CheckRecord, *, now: datetime) -> Checked:
    """Check one page, and with the first page what concerns several. *tx* is one view (`Database.view`)."""
    chosen = {"after": command.after, "limit": command.limit}
    ids = list((await tx.exec_driver_sql(_ALL_IDS if command.whole else _LIVE_IDS, chosen)).scalars())
    known = {"ids": ids, "states": list(SpeakerState), "final": list(SPEAKER_FINAL)}
    found = (await tx.exec_driver_sql(_PAGE, known)).all() if ids else []
    if command.after is None:
        found = [*found, *(await tx.exec_driver_sql(_LATE, {"late": now - MARK_PATIENCE})).all()]
    violations = by_kind(found)
    if command.after is None and command.whole:
        violations += await days_that_differ(tx, Book.SPEAKERS)
    return Checked(violations=tuple(violations), last=ids[-1] if len(ids) == command.limit else None)
