"""A file about offices, laid over the offices as they are."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import text

from services.contracts.codes import Service
from services.contracts.ids import OfficerId, UnitId
from services.kit.auth import Caller
from services.kit.crypto import Keyring
from services.kit.database import Tx
from services.registry import rights
from services.registry.directory.changes import Changes, Numbered, world_of
from services.registry.directory.unit_rows import RowFault, World, office_after
from services.registry.office_writing import Setters, write_offices
from services.registry.offices import Office

_LOCK = text("SELECT id FROM unit WHERE id = ANY(:units) ORDER BY id FOR UPDATE")
_SETTERS = text("SELECT unit, service, set_by FROM offer WHERE set_by IS NOT NULL AND unit = ANY(:units)")


async def judge(tx: Tx, rows: list[Numbered], sender: Caller, _keyring: Keyring) -> Changes:
    """Say what *rows* change; what keeps a row out is noted in it. The offices that they name are locked."""
    named = {UnitId(str(row.record.get("id", "")).casefold()) for _, row in rows}
    await tx.execute(_LOCK, {"units": list(named)})  # before reading: a change that is under way comes first
    world, counts = await world_of(tx), Counter[str]()
    changed: list[Office] = []
    for _, row in rows:
        if row.faults:
            continue
        try:
            after = office_after(row.record, world, sender)
        except RowFault as error:
            row.faults.append((error.field, error.fault))
            continue
        before = world.offices.get(after.id)
        counts["new" if before is None else "same" if after == before else "newer"] += 1
        if after != before:
            changed.append(replace(after, version=after.version + 1))
    kept = sum(office.active and rights.leads(sender, office.desk) for office in world.offices.values()
               if office.id not in named)  # fmt: skip

    async def write(tx: Tx, now: datetime) -> None:
        if changed:
            await _write(tx, changed, world, sender, now)

    return Changes(counts, kept, write)


async def _write(tx: Tx, changed: Sequence[Office], world: World, sender: Caller, now: datetime) -> None:
    rows = await tx.execute(_SETTERS, {"units": [office.id for office in changed]})
    setters = {(UnitId(row.unit), Service(row.service)): OfficerId(row.set_by) for row in rows}
    by = {office.id: sender.officer for office in changed if _is_another(office, world.offices.get(office.id))}
    await write_offices(tx, changed, {**setters, **_new_limits(changed, world.offices, sender)}, now, by)


def _new_limits(changed: Sequence[Office], before: Mapping[UnitId, Office], sender: Caller) -> Setters:
    """Return the limits that the file says otherwise than they were: the data files decide about them no longer."""
    known = {office.id: before[office.id].places for office in changed if office.id in before}
    return {
        (office.id, service): sender.officer
        for office in changed
        for service in office.services
        if office.places.get(service) != known.get(office.id, {}).get(service)
    }


def _is_another(office: Office, before: Office | None) -> bool:
    """True where more is changed than hours, places and waiting lists: the data files decide about the rest as well."""
    return before is None or (office.title, office.services, office.active) != (
        before.title, before.services, before.active,
    )  # fmt: skip
