"""The sessions of a unit or of a speaker, and the hours in which a speaker or a room is busy.

A unit's calendar has what it asked for, what it is asked for, and what its own people speak at.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from services.contracts.codes import Agency, Level, Role
from services.contracts.ids import OfficerId, RegionCode, RoomId, UnitId
from services.contracts.reading import covers
from services.contracts.refusals import Refused
from services.contracts.speaking.codes import AgeGroup, SessionStatus, Topic
from services.contracts.speaking.snapshot import Period
from services.kit.auth import Caller
from services.kit.database import Tx
from services.kit.http import Answered
from services.referral.offices import Offices
from services.referral.queues import unit_of
from services.referral.speaking.bookings import Booked
from services.referral.speaking.orders import QUARTER
from services.referral.usecases import Record

LONGEST: Final = timedelta(days=400)
MOST: Final = 2000

# One branch for each side on which a unit can be, so that each is read along its own index.
COLUMNS: Final = """
session.request, session.no, session.number, session.starts_at, session.ends_at, session.status, session.reason,
session.topic, session.unit_from, session.agency_from, session.unit_to, session.speaker, session.room,
room.title AS room_title, session.attendance, session.version
"""
_IN_TIME: Final = "session.starts_at >= %(since)s AND session.starts_at < %(until)s"
_OWN_PEOPLE: Final = "(SELECT officer FROM officer WHERE unit = %(unit)s AND NOT gone)"
OF_UNIT: Final = " UNION ".join(
    f"SELECT request, no FROM speaker_session AS session WHERE {whose} AND {_IN_TIME}"
    for whose in ("unit_from = %(unit)s", "unit_to = %(unit)s", f"speaker IN {_OWN_PEOPLE}")
)
OF_SPEAKER: Final = f"SELECT request, no FROM speaker_session AS session WHERE speaker = %(speaker)s AND {_IN_TIME}"
_OF_AREA: Final = f"""
SELECT request, no FROM speaker_session AS session
WHERE (region = %(region)s OR starts_with(region, %(region)s || '.')) AND {_IN_TIME}
"""
_SESSIONS: Final = """
SELECT {columns} FROM speaker_session AS session LEFT JOIN room ON room.id = session.room {beside}
WHERE (session.request, session.no) IN ({chosen}) ORDER BY session.starts_at, session.request, session.no LIMIT {most}
"""
_UNIT_OF_OFFICER: Final = "SELECT unit FROM officer WHERE officer = %(officer)s AND NOT gone"
_UNIT_OF_ROOM: Final = "SELECT unit FROM room WHERE id = %(room)s"
_BUSY: Final = """
SELECT at FROM booking WHERE kind = %(kind)s AND what = %(what)s AND at >= %(since)s AND at < %(until)s ORDER BY at
"""


class CalendarSessionView(Answered):
    """`version` rises whenever the session changes."""

    request: UUID
    no: int
    number: str
    starts_at: datetime
    ends_at: datetime
    status: SessionStatus
    reason: str | None
    topic: Topic
    unit_from: UnitId
    agency_from: Agency
    unit_to: UnitId | None
    speaker: UUID | None
    room: UUID | None
    room_title: str | None
    attendance: dict[AgeGroup, int]
    version: int


class CalendarView(Answered):
    """`more`: there are more than are shown; ask for a shorter time."""

    sessions: list[CalendarSessionView]
    more: bool


class BusyView(Answered):
    """When it is taken, not for whom."""

    busy: list[Period]


@dataclass(frozen=True, slots=True)
class Between:
    """Raises Refused for a time that ends before it begins, or is longer than 400 days."""

    since: datetime
    until: datetime

    def __post_init__(self) -> None:
        if not timedelta() < self.until - self.since <= LONGEST:
            raise Refused("speaking.period_wrong")

    def values(self) -> dict[str, Any]:
        return {"since": self.since, "until": self.until}


def sessions_sql(chosen: str, *, columns: str = COLUMNS, beside: str = "") -> str:
    """Return the statement for the sessions that *chosen* picks, `OF_UNIT` or `OF_SPEAKER`."""
    return _SESSIONS.format(columns=columns, beside=beside, chosen=chosen, most=MOST)


async def of_unit(record: Record, caller: Caller, unit: UnitId | None, between: Between) -> dict[str, Any]:
    """Return CalendarView of the caller's unit, or of one below it for those who lead."""
    async with record.database.read() as tx:
        asked = unit_of(caller, unit, await record.picture.now(tx))
        return await _read(tx, OF_UNIT, {"unit": asked, **between.values()})


async def of_speaker(record: Record, caller: Caller, speaker: OfficerId, between: Between) -> dict[str, Any]:
    """Return CalendarView of *speaker*, who is the caller, or works in the caller's unit or below it."""
    async with record.database.read() as tx:
        await _check_speaker(tx, caller, speaker, await record.picture.now(tx))
        return await _read(tx, OF_SPEAKER, {"speaker": speaker, **between.values()})


async def of_area(record: Record, caller: Caller, region: RegionCode, between: Between) -> dict[str, Any]:
    """Return CalendarView of all that offices in *region* asked for, for offices whose area it lies in."""
    if caller.level is Level.UPT or not covers(caller.region, region):
        raise Refused("auth.forbidden")
    async with record.database.read() as tx:
        return await _read(tx, _OF_AREA, {"region": region, **between.values()})


async def _read(tx: Tx, chosen: str, values: dict[str, Any]) -> dict[str, Any]:
    rows = (await tx.exec_driver_sql(sessions_sql(chosen), values)).mappings().all()
    return {"sessions": [dict(row) for row in rows], "more": len(rows) == MOST}


async def busy_speaker(record: Record, caller: Caller, speaker: OfficerId, between: Between) -> dict[str, Any]:
    """Return BusyView of *speaker*. Raises Refused as `of_speaker` does."""
    async with record.database.read() as tx:
        await _check_speaker(tx, caller, speaker, await record.picture.now(tx))
        return await _busy(tx, Booked.SPEAKER, speaker, between)


async def busy_room(record: Record, caller: Caller, room: RoomId, between: Between) -> dict[str, Any]:
    """Return BusyView of *room*, one of the caller's unit or below it. Raises Refused("speaking.room_unknown")."""
    async with record.database.read() as tx:
        unit = (await tx.exec_driver_sql(_UNIT_OF_ROOM, {"room": room})).scalar()
        if unit is None or not (await record.picture.now(tx)).is_above(caller.unit, unit):
            raise Refused("speaking.room_unknown")
        return await _busy(tx, Booked.ROOM, room, between)


async def _check_speaker(tx: Tx, caller: Caller, speaker: OfficerId, offices: Offices) -> None:
    if speaker == caller.officer:
        return
    unit = (await tx.exec_driver_sql(_UNIT_OF_OFFICER, {"officer": speaker})).scalar()
    watches = caller.role in {Role.OPERATOR, Role.DPO}
    if watches or unit is None or not offices.is_above(caller.unit, unit):
        raise Refused("speaking.speaker_unknown")


async def _busy(tx: Tx, kind: Booked, what: UUID, between: Between) -> dict[str, Any]:
    values = {"kind": kind.value, "what": what, **between.values()}
    quarters = (await tx.exec_driver_sql(_BUSY, values)).scalars().all()
    return {"busy": [period.model_dump() for period in joined(quarters)]}


def joined(quarters: Iterable[datetime]) -> Iterator[Period]:
    """Yield the periods that *quarters*, the beginnings of quarter hours in their order, make up."""
    begins = ends = None
    for at in quarters:
        if begins is not None and ends is not None and at != ends:
            yield Period(starts_at=begins, ends_at=ends)
            begins = None
        begins, ends = begins or at, at + QUARTER
    if begins is not None and ends is not None:
        yield Period(starts_at=begins, ends_at=ends)
