"""Events, and the messages that they make. Only rows are written here; nothing is sent."""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from services.contracts.cases import CaseSnapshot, kind_of
from services.contracts.events import CaseEvent, NotifyStopped, ReferralEvent
from services.contracts.ids import OfficerId
from services.kit import outbox
from services.kit.database import Tx
from services.kit.inbox import Received, one_by_one
from services.notify.audience import audience
from services.notify.domain import Seen, clocks_of, is_over, is_restricted, is_stopping, may_leave_the_house, worker_of
from services.notify.house import House
from services.notify.note import Note
from services.notify.people import staff_of
from services.notify.staff import Officer, Staff
from services.notify.tables import MessageRow
from services.notify.wanted import Wanted

# It always writes, so two transactions about one case take turns; the rows that come back are locked.
_NOTE_SEEN = text("""
INSERT INTO seen (referral, kind, version, state, clocks, unit_from, unit_to, assignee, region, restricted)
SELECT referral, kind, version, state, clocks, unit_from, unit_to, assignee, region, restricted
FROM jsonb_to_recordset(CAST(:snapshots AS jsonb))
    AS told(referral uuid, kind text, version bigint, state text, clocks jsonb, unit_from text, unit_to text,
        assignee uuid, region text, restricted boolean) ORDER BY referral
ON CONFLICT (referral) DO UPDATE SET (version, state, clocks, unit_from, unit_to, assignee, region, restricted) = (
    SELECT newer.* FROM (VALUES
        (excluded.version, excluded.state, excluded.clocks, excluded.unit_from, excluded.unit_to, excluded.assignee,
            excluded.region, excluded.restricted),
        (seen.version, seen.state, seen.clocks, seen.unit_from, seen.unit_to, seen.assignee, seen.region,
            seen.restricted)
    ) AS newer(version) ORDER BY newer.version DESC LIMIT 1)
RETURNING referral, version, state, clocks, stopped_version
""")
_SEEN = text("SELECT version, state, clocks, stopped_version FROM seen WHERE referral = :referral")
_PARTIES = {"unit_from", "unit_to", "region"}
_STOP = text("UPDATE seen SET stopped_version = :version WHERE referral = :referral")
_CANCEL = text("""
UPDATE message SET status = 'cancelled', why = 'consent_withdrawn' WHERE referral = :referral AND version < :version
AND channel <> 'app' AND status IN ('waiting', 'bundled', 'sending', 'failed', 'unsure')
""")


async def tell(house: House, events: Sequence[Received[CaseEvent]], tx: Tx) -> None:
    """Write the messages of *events*: each reader once per channel, whatever came before or comes later."""
    staff = await _staff_for(tx, [each.event for each in events])
    seen = await note_seen(tx, _newest([each.event.snapshot for each in events]))
    for received in one_by_one(events):
        case, event = received.event.snapshot.case_id, received.event
        if isinstance(event, ReferralEvent) and _stops(event) and seen[case].stopped_version is None:
            seen[case] = await _stop(house, tx, event, seen[case])
    rows = (_messages(house, each, seen[each.event.snapshot.case_id], staff) for each in events)
    await write(tx, chain.from_iterable(rows))


def _newest(snapshots: Sequence[CaseSnapshot]) -> list[CaseSnapshot]:
    return list({each.case_id: each for each in sorted(snapshots, key=lambda each: each.version)}.values())


def _stops(event: ReferralEvent) -> bool:
    return event.fact == "consent_withdrawn" or is_stopping(event.snapshot)


def _messages(house: House, received: Received[CaseEvent], seen: Seen, staff: Staff) -> Iterator[dict[str, Any]]:
    event = received.event
    wanted = () if is_over(event, seen) else audience(event)
    if wanted:
        yield from _rows(house, event, seen, Note.of(received.id, event, staff), wanted, staff)


async def note_seen(tx: Tx, snapshots: Sequence[CaseSnapshot]) -> dict[UUID, Seen]:
    """Note what *snapshots* say, each of another case; return the newest that is known of these, locked."""
    noted = await tx.execute(_NOTE_SEEN, {"snapshots": json.dumps([_told(each) for each in snapshots])})
    return {row.referral: _seen(row) for row in noted}


def _told(snapshot: CaseSnapshot) -> dict[str, Any]:
    worker = worker_of(snapshot)
    return {
        "referral": str(snapshot.case_id),
        "kind": kind_of(snapshot),
        "version": snapshot.version,
        "state": snapshot.state,
        "clocks": clocks_of(snapshot),
        "assignee": str(worker) if worker else None,
        "restricted": is_restricted(snapshot),
        **snapshot.model_dump(mode="json", include=_PARTIES),
    }


async def find_seen(tx: Tx, case: UUID) -> Seen | None:
    """Return the newest that is known of *case*."""
    row = (await tx.execute(_SEEN, {"referral": case})).one_or_none()
    return _seen(row) if row else None


def _seen(row: Any) -> Seen:
    return Seen(row.version, row.state, row.clocks, row.stopped_version)


async def write(tx: Tx, rows: Iterable[dict[str, Any]]) -> None:
    """Write message rows; one that is there already stays as it is."""
    unique = {(row["event_id"], row["recipient"], row["channel"]): row for row in rows}
    if unique:
        await tx.execute(insert(MessageRow).on_conflict_do_nothing(), list(unique.values()))


async def _stop(house: House, tx: Tx, event: ReferralEvent, seen: Seen) -> Seen:
    """From now on nothing about the referral leaves the house, and what waits to leave stays. Told once."""
    referral, version = event.snapshot.referral_id, event.snapshot.version
    await tx.execute(_STOP, {"referral": referral, "version": version})
    await tx.execute(_CANCEL, {"referral": referral, "version": version})
    await outbox.write(tx, NotifyStopped(referral=referral, version=version), now=house.now())
    return Seen(seen.version, seen.state, seen.clocks, version)


async def _staff_for(tx: Tx, events: Sequence[CaseEvent]) -> Staff:
    """Return whoever any of *events* may concern; nobody where there is nothing to tell."""
    desks = {each.unit for event in events for each in audience(event)}
    if not desks:
        return Staff()
    sides = {unit for event in events for unit in (event.snapshot.unit_from, event.snapshot.unit_to)}
    return await staff_of(tx, [unit for unit in desks | sides if unit], operators=None in desks)


def _rows(
    house: House, event: CaseEvent, seen: Seen, note: Note, wanted: tuple[Wanted, ...], staff: Staff
) -> Iterator[dict[str, Any]]:
    now, receiving = house.now(), event.snapshot.unit_to
    reached: dict[OfficerId, tuple[Officer, bool]] = {}
    for each in wanted:
        officers = staff.reach(each, note.case)
        if not officers:
            yield note.to_nobody(each.unit, each.role, now)
        for officer in officers:
            must_stop = each.told or officer.unit == receiving or reached.get(officer.id, (officer, False))[1]
            reached[officer.id] = (officer, must_stop)
        if may_leave_the_house(event, seen, must_stop=each.told or each.unit == receiving):
            yield from outlet_rows(house, note, each)
    for officer, must_stop in reached.values():
        yield from officer_rows(house, note, officer, leaves=may_leave_the_house(event, seen, must_stop=must_stop))


def officer_rows(house: House, note: Note, officer: Officer, *, leaves: bool) -> Iterator[dict[str, Any]]:
    """Yield the messages of one reader: always in the app, and by mail where that may leave the house."""
    now = house.now()
    yield note.in_app(officer, now)
    if house.mail and leaves and not note.restricted:
        yield note.by_mail(officer, now, house.hours)


def outlet_rows(house: House, note: Note, wanted: Wanted) -> Iterator[dict[str, Any]]:
    """Yield the messages to a desk's outlets; ordinary reminders are not worth one."""
    if not note.restricted and not note.digest:
        for key in house.outlets.for_desk(wanted):
            yield note.to_outlet(key, house.now(), house.hours)
