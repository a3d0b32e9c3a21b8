"""What people change about an office: places, waiting lists, hours, closures. The same again changes nothing.

Each change is told of with the office's next version, so that everybody's copy is as new as what `GET /units` shows.
Who may: whoever leads the office or one above it, and an operator.
"""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, text

from services.contracts.codes import Service
from services.contracts.ids import OfficerId, UnitId
from services.contracts.refusals import Refused
from services.kit import outbox
from services.kit.auth import Caller
from services.kit.database import Tx
from services.registry import offices, rights
from services.registry.context import Registry
from services.registry.hours import Hours
from services.registry.offices import Closure, Office
from services.registry.tables import ClosureRow

_LOCK = text("SELECT id FROM unit WHERE id = :unit FOR UPDATE")
_NEXT_VERSION = text("UPDATE unit SET version = version + 1 WHERE id = :unit")
_SET_PLACES = text("UPDATE offer SET place_limit = :limit, set_by = :by WHERE unit = :unit AND service = :service")
_SET_WAITLIST = text("UPDATE offer SET waitlist = :kept WHERE unit = :unit AND service = :service")
_SET_HOURS = text("UPDATE unit SET hours = CAST(:hours AS jsonb) WHERE id = :unit")
_ALL_CLOSURES = text("SELECT first_day, last_day, reason FROM closure WHERE unit = :unit ORDER BY first_day")
_REOPEN = text("DELETE FROM closure WHERE unit = :unit")


async def set_places(
    registry: Registry, tx: Tx, unit: UnitId, service: Service, limit: int, caller: Caller
) -> dict[str, Any]:
    """Say how many families *unit* can have in hand for *service*.

    A lowered limit evicts nobody. Raises Refused for an unknown unit, a service that it does not give, a stranger.
    """
    office = await _giving(tx, unit, service, caller)
    if office.places.get(service) != limit:
        await tx.execute(
            _SET_PLACES, {"unit": unit, "service": service, "limit": limit, "by": OfficerId(caller.officer)}
        )
        office = await _told(registry, tx, unit)
    return {"unit": unit, "service": service.value, "limit": limit, "version": office.version}


async def set_waitlist(
    registry: Registry, tx: Tx, unit: UnitId, service: Service, caller: Caller, *, kept: bool
) -> dict[str, Any]:
    """Say whether *unit* keeps a waiting list for *service*. Raises Refused as `set_places` does."""
    office = await _giving(tx, unit, service, caller)
    if (service in office.waitlists) is not kept:
        await tx.execute(_SET_WAITLIST, {"unit": unit, "service": service, "kept": kept})
        office = await _told(registry, tx, unit)
    return {"unit": unit, "service": service.value, "kept": kept, "version": office.version}


async def set_hours(registry: Registry, tx: Tx, unit: UnitId, hours: Hours, caller: Caller) -> dict[str, Any]:
    """Say when *unit* is open. Raises Refused for an unknown unit and a stranger."""
    office = await _managed(tx, unit, caller)
    if office.hours != hours:
        await tx.execute(_SET_HOURS, {"unit": unit, "hours": json.dumps(hours)})
        office = await _told(registry, tx, unit)
    return {"unit": unit, "hours": office.hours, "version": office.version}


async def set_closures(
    registry: Registry, tx: Tx, unit: UnitId, closures: Sequence[Closure], caller: Caller
) -> dict[str, Any]:
    """Say on which days *unit* is closed: these and no others. Raises Refused for an unknown unit and a stranger."""
    office = await _managed(tx, unit, caller)
    wanted = sorted((each.first_day, each.last_day, each.reason.value) for each in closures)
    if [tuple(row) for row in await tx.execute(_ALL_CLOSURES, {"unit": unit})] != wanted:
        await tx.execute(_REOPEN, {"unit": unit})
        names = ("unit", "first_day", "last_day", "reason")
        if rows := [dict(zip(names, (unit, *each), strict=True)) for each in wanted]:
            await tx.execute(insert(ClosureRow), rows)
        office = await _told(registry, tx, unit)
    shown = [
        {"first_day": first.isoformat(), "last_day": last.isoformat(), "reason": why} for first, last, why in wanted
    ]
    return {"unit": unit, "closures": shown, "version": office.version}


async def _managed(tx: Tx, unit: UnitId, caller: Caller) -> Office:
    await tx.execute(_LOCK, {"unit": unit})  # before reading: of two changes the later one builds on the earlier
    office = await offices.find(tx, unit)
    rights.must_manage(caller, office.desk)
    return office


async def _giving(tx: Tx, unit: UnitId, service: Service, caller: Caller) -> Office:
    office = await _managed(tx, unit, caller)
    if service not in office.services:
        raise Refused("referral.unit_gives_no_such_service", service=service)
    return office


async def _told(registry: Registry, tx: Tx, unit: UnitId) -> Office:
    """Give *unit* its next version and write what it is like now."""
    await tx.execute(_NEXT_VERSION, {"unit": unit})
    office = await offices.find(tx, unit)
    await outbox.write(tx, office.changed(), now=registry.now())
    return office
