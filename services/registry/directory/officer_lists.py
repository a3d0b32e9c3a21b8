"""A file about officers, laid over who works where."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import text

from services.contracts.ids import OfficerId, new_id
from services.kit.auth import Caller
from services.kit.crypto import Keyring
from services.kit.database import Tx
from services.registry import officers, rights
from services.registry.directory.changes import Changes, Numbered, world_of
from services.registry.directory.officer_rows import LISTED, Known, said
from services.registry.directory.unit_rows import RowFault, World
from services.registry.officers import Appointment, Officer, normal_staff_no

_WORKING = text("SELECT staff_no, unit, role FROM officer WHERE left_at IS NULL")


@dataclass
class _Found:
    new: list[Appointment] = field(default_factory=list)
    changed: list[tuple[Appointment, int]] = field(default_factory=list)
    leaving: list[Officer] = field(default_factory=list)


async def judge(tx: Tx, rows: list[Numbered], sender: Caller, keyring: Keyring) -> Changes:
    """Say what *rows* change; what keeps a row out is noted in it. The officers whom they name are locked."""
    for _, row in rows:
        row.record["id"] = normal_staff_no(str(row.record.get("id", "")))
    named = {row.record["id"] for _, row in rows}
    known = {each.staff_no: each for each in await officers.among(tx, named, lock=True)}
    world, counts, found = await world_of(tx), Counter[str](), _Found()
    for _, row in rows:
        if row.faults:
            continue
        before = known.get(row.record["id"])
        try:
            change = said(row.record, known_of(keyring, before) if before else None, world, sender)
        except RowFault as error:
            row.faults.append((error.field, error.fault))
            continue
        counts["same" if change is None else "newer" if before else "new"] += 1
        if change is None:
            continue
        if before is None:
            found.new.append(replace(change.after, officer=OfficerId(new_id())))
        elif change.leaves:
            found.leaving.append(before)
        else:
            found.changed.append((change.after, before.version + 1))

    async def write(tx: Tx, now: datetime) -> None:
        await _write(tx, found, keyring, now)

    return Changes(counts, await _kept(tx, named, world, sender), write)


def known_of(keyring: Keyring, officer: Officer) -> Known:
    """Return *officer* as rows are compared with, name and address opened."""
    contact = officers.contact_of(keyring, officer)
    appointment = Appointment(
        officer.id, officer.staff_no, officer.unit, officer.role, contact["name"], contact["email"], officer.village,
        officer.language,
    )  # fmt: skip
    return Known(appointment, officer.version, gone=officer.left_at is not None)


async def _write(tx: Tx, found: _Found, keyring: Keyring, now: datetime) -> None:
    if found.new:
        await officers.appoint(tx, found.new, keyring, now=now)
    if found.changed:
        await officers.revise(tx, found.changed, keyring, now=now)
    for each in found.leaving:
        await officers.depart(tx, each, now)


async def _kept(tx: Tx, named: Iterable[str], world: World, sender: Caller) -> int:
    """Return how many of those whom a list of the sender's would name are not in this one."""
    names = set(named)
    return sum(
        row.staff_no not in names and row.role in LISTED and rights.leads(sender, world.offices[row.unit].desk)
        for row in await tx.execute(_WORKING)
    )
