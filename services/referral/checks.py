"""The record checked against itself, page by page: what must never be, as one statement that names the ids it finds."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from services.contracts.book_commands import Checked, CheckRecord, Violation
from services.contracts.books import Book, FindingKind
from services.contracts.ids import ReferralId
from services.contracts.lifecycle import State
from services.kit.database import Tx
from services.referral.closing_days import differing_accounts

MOST_NAMED: Final = 100
MARK_PATIENCE: Final = timedelta(minutes=2)

LIVE: Final = "submitted_at IS NOT NULL AND state NOT IN ('closed', 'cancelled', 'void')"
_IDS: Final = """
SELECT id FROM referral WHERE (%(after)s::uuid IS NULL OR id > %(after)s::uuid){live} ORDER BY id LIMIT %(limit)s
"""
LIVE_IDS: Final = _IDS.format(live=f" AND {LIVE}")
_ALL_IDS: Final = _IDS.format(live="")

# A story: the lines of one timeline, looked at once for all that they must tell.
_PAGE: Final = f"""
WITH page AS MATERIALIZED (
    SELECT id, state, version, submitted_at, next_mark_at, {LIVE} AS live,
        state NOT IN ('closed', 'cancelled', 'void') AS to_be_seen,
        (SELECT unit FROM unit WHERE unit = referral.waits_for) AS queue, story.*
    FROM referral CROSS JOIN LATERAL (
        SELECT count(*) AS lines, min(line.version) AS first, max(line.version) AS last,
            (array_agg(line.state ORDER BY line.version DESC))[1] AS told_state,
            bool_or(line.fact = 'submitted') AS told_submitted,
            bool_or(line.fact IN ('closed', 'declined', 'returned') AND line.reason IS NULL) AS without_reason,
            bool_or(line.fact IN ('confirmed', 'auto_confirmed', 'ruled_upheld') AND line.outcome IS NULL)
                AS without_outcome
        FROM timeline AS line WHERE line.referral = referral.id
    ) AS story
    WHERE id = ANY(%(ids)s)
)
SELECT 'version_gap' AS kind, id::text AS subject FROM page
    WHERE lines IS DISTINCT FROM version OR first IS DISTINCT FROM 1 OR last IS DISTINCT FROM version
UNION ALL SELECT 'story_differs', id::text FROM page
    WHERE state IS DISTINCT FROM told_state OR state <> ALL(%(states)s)
UNION ALL SELECT 'submission_differs', id::text FROM page
    WHERE coalesce(told_submitted, false) <> (submitted_at IS NOT NULL)
        OR submitted_at IS NULL AND state NOT IN ('draft', 'void')
UNION ALL SELECT 'no_reason', id::text FROM page WHERE without_reason
UNION ALL SELECT 'no_outcome', id::text FROM page WHERE without_outcome
UNION ALL SELECT 'in_no_queue', id::text FROM page WHERE to_be_seen AND queue IS NULL
UNION ALL SELECT 'nothing_armed', id::text FROM page WHERE live AND next_mark_at IS NULL
ORDER BY 1, 2
"""
# Those that no page shows: several referrals together, and what is late by the clock.
_ACROSS: Final = f"""
SELECT 'two_for_one_need' AS kind, unnest(array_agg(id))::text AS subject FROM referral
    WHERE NOT overridden AND state NOT IN ('draft', 'closed', 'cancelled', 'void')
    GROUP BY family, service HAVING count(*) > 1
UNION ALL SELECT 'mark_overdue', id::text FROM referral WHERE {LIVE} AND next_mark_at < %(late)s
ORDER BY 1, 2
"""


async def live_page(tx: Tx, after: ReferralId | None, limit: int) -> list[UUID]:
    """Return the ids of live submitted referrals after *after*, in their order."""
    return list((await tx.exec_driver_sql(LIVE_IDS, {"after": after, "limit": limit})).scalars())


async def check_record(tx: Tx, command: CheckRecord, *, now: datetime) -> Checked:
    """Check one page, and with the first page what concerns several. *tx* is one view (`Database.view`).

    A referral is written by one transaction, so a page needs no time to settle: it is as one moment has it.
    """
    chosen = {"after": command.after, "limit": command.limit}
    ids = list((await tx.exec_driver_sql(_ALL_IDS if command.whole else LIVE_IDS, chosen)).scalars())
    found = (await tx.exec_driver_sql(_PAGE, {"ids": ids, "states": list(State)})).all() if ids else []
    if command.after is None:
        found = [*found, *(await tx.exec_driver_sql(_ACROSS, {"late": now - MARK_PATIENCE})).all()]
    violations = by_kind(found)
    if command.after is None and command.whole:
        violations += await days_that_differ(tx, Book.REFERRALS)
    last = ReferralId(ids[-1]) if len(ids) == command.limit else None
    return Checked(violations=tuple(violations), last=last)


def by_kind(found: Any) -> list[Violation]:
    subjects: dict[str, list[str]] = {}
    for row in found:
        subjects.setdefault(row.kind, []).append(row.subject)
    return [
        Violation(kind=FindingKind(kind), subjects=tuple(some[:MOST_NAMED])) for kind, some in sorted(subjects.items())
    ]


async def days_that_differ(tx: Tx, book: Book) -> list[Violation]:
    accounts = tuple(f"{agency}/{area}" for agency, area in await differing_accounts(tx, book))
    return [Violation(kind=FindingKind.DAY_DIFFERS, subjects=accounts)] if accounts else []
