"""Passes over the books and what they found, written down: when, what kind, whose id, what was done about it."""

from datetime import datetime, timedelta
from typing import Any, Final

from psycopg.types.json import Jsonb

from services.contracts.book_commands import BeginPass, EndPass, NoteFindings, PassBegan, PassEnded
from services.contracts.wib import WIB
from services.kit.database import Tx

# So many rounds without a pass, and it was not the record that was away but the clock.
ROUNDS_MISSED: Final = 3
QUIET_PASSES_KEPT: Final = timedelta(days=90)

_EARLIER: Final = """
SELECT began_at, told_up_to FROM book_pass WHERE ended_at IS NOT NULL AND id <> %(id)s ORDER BY began_at DESC LIMIT 1
"""
_WHOLE_SINCE: Final = """
SELECT EXISTS (SELECT FROM book_pass WHERE whole AND ended_at IS NOT NULL AND began_at >= %(since)s AND id <> %(id)s)
"""
_BEGIN: Final = """
INSERT INTO book_pass (id, began_at, whole, clock_was_away, told_up_to)
VALUES (%(id)s, %(now)s, %(whole)s, %(away)s, %(told_up_to)s)
ON CONFLICT (id) DO UPDATE SET id = excluded.id
RETURNING whole, clock_was_away, told_up_to
"""
_FORGET_QUIET: Final = """
DELETE FROM book_pass WHERE began_at < %(before)s AND NOT EXISTS (SELECT FROM book_finding WHERE pass = book_pass.id)
"""
# What was resynced by the pass before and is found again was not helped by that: it is left to a person.
_NOTE: Final = """
INSERT INTO book_finding (pass, at, kind, subject, done)
SELECT %(pass)s::uuid, %(now)s::timestamptz, %(kind)s::varchar, subject,
    CASE WHEN %(done)s::varchar = 'resynced' AND EXISTS (
    SELECT FROM book_finding AS earlier
    WHERE earlier.kind = %(kind)s::varchar AND earlier.subject = found.subject AND earlier.pass = (
        SELECT id FROM book_pass WHERE ended_at IS NOT NULL AND id <> %(pass)s::uuid ORDER BY began_at DESC LIMIT 1)
    ) THEN 'left' ELSE %(done)s::varchar END
FROM unnest(%(subjects)s::varchar[]) AS found(subject)
ON CONFLICT (pass, kind, subject) DO NOTHING
"""
_END: Final = """
UPDATE book_pass SET ended_at = coalesce(ended_at, %(now)s), pages = %(pages)s, told_up_to = %(told_up_to)s,
    found = counted.found, healed = counted.healed
FROM (SELECT count(*) AS found, count(*) FILTER (WHERE done <> 'left') AS healed
      FROM book_finding WHERE pass = %(id)s) AS counted
WHERE id = %(id)s RETURNING book_pass.pages, book_pass.found, book_pass.healed
"""
_PASSES: Final = """
SELECT id, began_at, ended_at, whole, clock_was_away, pages, found, healed FROM book_pass
WHERE %(before)s::timestamptz IS NULL OR began_at < %(before)s::timestamptz ORDER BY began_at DESC LIMIT %(limit)s
"""
_FINDINGS: Final = """
SELECT id, pass AS pass_id, at, kind, subject, done FROM book_finding
WHERE %(before)s::bigint IS NULL OR id < %(before)s::bigint ORDER BY id DESC LIMIT %(limit)s
"""


async def begin_pass(tx: Tx, command: BeginPass, *, now: datetime) -> PassBegan:
    """Note that a pass begins; asked twice, answer the same."""
    earlier = (await tx.exec_driver_sql(_EARLIER, {"id": command.pass_id})).one_or_none()
    patience = ROUNDS_MISSED * timedelta(seconds=command.order.interval_seconds)
    whole = command.order.whole
    beginning = {
        "id": command.pass_id,
        "now": now,
        "whole": await _is_the_first_today(tx, command, now) if whole is None else whole,
        "away": earlier is not None and now - earlier.began_at > patience,
        "told_up_to": Jsonb(earlier.told_up_to if earlier else {}),
    }
    began = (await tx.exec_driver_sql(_BEGIN, beginning)).one()
    await tx.exec_driver_sql(_FORGET_QUIET, {"before": now - QUIET_PASSES_KEPT})
    return PassBegan(whole=began.whole, clock_was_away=began.clock_was_away, told_up_to=began.told_up_to)


async def _is_the_first_today(tx: Tx, command: BeginPass, now: datetime) -> bool:
    midnight = now.astimezone(WIB).replace(hour=0, minute=0, second=0, microsecond=0)
    return not (await tx.exec_driver_sql(_WHOLE_SINCE, {"since": midnight, "id": command.pass_id})).scalar()


async def note_findings(tx: Tx, command: NoteFindings, *, now: datetime) -> None:
    """Write down what was found and what was done about it, each once for each pass."""
    for finding in command.findings:
        line = {"pass": command.pass_id, "now": now, "kind": finding.kind, "done": finding.done}
        await tx.exec_driver_sql(_NOTE, {**line, "subjects": list(finding.subjects)})


async def end_pass(tx: Tx, command: EndPass, *, now: datetime) -> PassEnded:
    values = {"id": command.pass_id, "now": now, "pages": command.pages}
    ended = (await tx.exec_driver_sql(_END, {**values, "told_up_to": Jsonb(dict(command.told_up_to))})).one()
    return PassEnded(pages=ended.pages, found=ended.found, healed=ended.healed)


async def passes(tx: Tx, *, before: datetime | None, limit: int) -> list[dict[str, Any]]:
    """Return the newest passes, newest first."""
    rows = await tx.exec_driver_sql(_PASSES, {"before": before, "limit": limit})
    return [dict(row) for row in rows.mappings()]


async def findings(tx: Tx, *, before: int | None, limit: int) -> list[dict[str, Any]]:
    """Return the newest findings, newest first."""
    rows = await tx.exec_driver_sql(_FINDINGS, {"before": before, "limit": limit})
    return [dict(row) for row in rows.mappings()]
