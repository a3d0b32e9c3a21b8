"""Codes of areas that change by decree: what lives in a village stays there, and is called by the new code.

One transaction: the areas, the offices of a kecamatan, families with their events, the officers of village teams, and
what the lists say. What a list said inside a sealed record stays as it was said, and is translated when it is read.
"""

import base64
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text

from services.contracts.codes import Agency, Role
from services.contracts.events import Event, FamilyRecorded, OfficerChanged
from services.contracts.ids import FamilyId
from services.contracts.refusals import Refused
from services.contracts.wib import WIB
from services.kit import outbox
from services.kit.auth import Caller
from services.kit.crypto import Keyring
from services.kit.database import Tx
from services.registry import offices, rights, seeding
from services.registry.context import Registry
from services.registry.decree_checks import Known, check
from services.registry.decree_orders import Decree
from services.registry.families import name_hashes
from services.registry.matching.renewing import LOCK

_PAGE: Final = 2_000
_LISTS_PATIENCE_SECONDS: Final = 60

_LISTS_AT_REST = text(f"""
SELECT pg_try_advisory_xact_lock({LOCK})
    AND pg_try_advisory_xact_lock(hashtextextended('registry.merging', 0))
""")
_SAME = text("SELECT old, new, decided_at FROM region_change WHERE decree = :decree AND effective = :effective")
_END = text("UPDATE region SET valid_to = :effective WHERE code = ANY(:olds) AND valid_to IS NULL")
_BEGIN = text("""
INSERT INTO region (code, name, level, parent, valid_from) VALUES (:code, :name, :level, :parent, :effective)
ON CONFLICT (code) DO UPDATE SET name = excluded.name, valid_from = excluded.valid_from, valid_to = NULL
""")
_CHANGE = text("""
INSERT INTO region_change (old, new, effective, decree, decided_by, decided_at)
VALUES (:old, :new, :effective, :decree, :officer, :now)
""")
_MOVES: Final = "unnest(CAST(:olds AS varchar[]), CAST(:news AS varchar[])) AS change (old, new)"
# Also of offices that a person has changed, which the list decides no longer.
_OFFICES = text(
    f"UPDATE unit SET region = change.new, version = version + 1 FROM {_MOVES} WHERE region = change.old RETURNING id"
)
_FAMILIES = text(f"""
UPDATE family SET region = change.new, version = version + 1 FROM {_MOVES} WHERE region = change.old
RETURNING id, version, region, agency, unit, restricted
""")
_OFFICERS = text(f"""
UPDATE officer SET village = change.new, version = version + 1 FROM {_MOVES}
WHERE village = change.old AND left_at IS NULL
RETURNING id, version, staff_no, unit, role, language, village, contact
""")
_LISTS: Final = [
    text(f"UPDATE {table} SET region = change.new FROM {_MOVES} WHERE region = change.old")
    for table in ("listed_person", "person_link", "family_risk", "candidate")
]
_COUNTS = text("""
SELECT (SELECT count(*) FROM family WHERE region = ANY(:olds)) AS families,
    (SELECT count(*) FROM officer WHERE village = ANY(:olds) AND left_at IS NULL) AS officers,
    (SELECT count(*) FROM listed_person WHERE region = ANY(:olds)) AS listed,
    (SELECT count(*) FROM candidate WHERE region = ANY(:olds)) AS candidates
""")
_MEMBERS = text("""
SELECT member.id, member.sealed, family.region FROM member JOIN family ON family.id = member.family
WHERE family.region = ANY(:news) AND member.id > :after ORDER BY member.id LIMIT :limit
""")
_REHASH = text("UPDATE member SET name_hashes = :hashes WHERE id = :id")
_BEFORE_ALL: Final = "00000000-0000-0000-0000-000000000000"


async def preview(tx: Tx, decree: Decree, caller: Caller) -> dict[str, Any]:
    """Return what the decree would touch. Raises Refused where it does not fit, or is not the caller's to enter."""
    rights.must_decree(caller)
    if (decided_at := await _decided_at(tx, decree)) is None:
        await check(tx, decree)
    return _answer(decree, await _touched(tx, decree), decided_at)


async def decide(registry: Registry, tx: Tx, decree: Decree, caller: Caller) -> dict[str, Any]:
    """Apply the decree, whole; one that was applied before changes nothing. Raises Refused as `preview` does.

    Raises Refused("registry.lists_under_way") while a list is taken over or laid on another.
    """
    rights.must_decree(caller)
    now = registry.now()
    if decree.effective > now.astimezone(WIB).date():
        raise Refused("request.invalid", fields=[{"at": "body.effective", "problem": "date_in_future"}])
    await seeding.take_turn(tx)
    if (decided_at := await _decided_at(tx, decree)) is not None:
        return _answer(decree, await _touched(tx, decree), decided_at)
    if not (await tx.execute(_LISTS_AT_REST)).scalar():
        raise Refused("registry.lists_under_way", retry_after_seconds=_LISTS_PATIENCE_SECONDS)
    known = await check(tx, decree)
    touched = await _touched(tx, decree)
    await _write_areas(tx, decree, known, caller, now)
    await _move_offices(tx, decree, now)
    await seeding.settle(tx, now)
    await _move(registry.keyring, tx, decree, now)
    return _answer(decree, touched, now)


async def _decided_at(tx: Tx, decree: Decree) -> datetime | None:
    """Return when just this was decided; None for never."""
    rows = (await tx.execute(_SAME, {"decree": decree.decree, "effective": decree.effective})).all()
    done = {(row.old, row.new): row.decided_at for row in rows}
    asked = [(change.old, change.new) for change in decree.changes]
    return max(done[each] for each in asked) if all(each in done for each in asked) else None


async def _touched(tx: Tx, decree: Decree) -> dict[str, int]:
    return dict((await tx.execute(_COUNTS, {"olds": decree.olds})).mappings().one())


def _answer(decree: Decree, touched: dict[str, int], decided_at: datetime | None) -> dict[str, Any]:
    return {
        "decree": decree.decree,
        "effective": decree.effective.isoformat(),
        "decided_at": decided_at and decided_at.isoformat(),
        "changes": len(decree.changes),
        **touched,
    }


async def _write_areas(tx: Tx, decree: Decree, known: Known, caller: Caller, now: datetime) -> None:
    """End the old codes and begin the new ones. Whoever records a family there just now is waited for."""
    who = {"decree": decree.decree, "officer": caller.officer, "now": now, "effective": decree.effective}
    await tx.execute(_END, {"olds": decree.olds, "effective": decree.effective})
    areas = [
        {"code": change.new, "level": change.level.value, "parent": change.parent, "effective": decree.effective,
         "name": change.name or known[change.old or change.new].name}
        for change in decree.changes
    ]  # fmt: skip
    await tx.execute(_BEGIN, areas)
    await tx.execute(_CHANGE, [{**who, "old": change.old, "new": change.new} for change in decree.changes])


async def _move_offices(tx: Tx, decree: Decree, now: datetime) -> None:
    """Let the offices of a renumbered kecamatan serve its new code."""
    moved = set((await tx.execute(_OFFICES, decree.moves(villages=False))).scalars())
    if moved:
        every = await offices.every(tx)
        await outbox.write(tx, *(every[unit].changed() for unit in sorted(moved)), now=now)


async def _move(keyring: Keyring, tx: Tx, decree: Decree, now: datetime) -> None:
    """Give all that lives in the villages their new codes, and tell of families and officers."""
    moves = decree.moves(villages=True)
    await outbox.write(tx, *[_family(row) for row in await tx.execute(_FAMILIES, moves)], now=now)
    await outbox.write(tx, *[_officer(row) for row in await tx.execute(_OFFICERS, moves)], now=now)
    for statement in _LISTS:
        await tx.execute(statement, moves)
    pairs = zip(moves["olds"], moves["news"], strict=True)
    if elsewhere := [new for old, new in pairs if new[:8] != old[:8]]:
        await _rehash(keyring, tx, elsewhere)


def _family(row: Any) -> Event:
    return FamilyRecorded(
        version=row.version,
        family=FamilyId(row.id),
        region=row.region,
        agency=Agency(row.agency),
        unit=row.unit,
        restricted=row.restricted,
    )


def _officer(row: Any) -> Event:
    return OfficerChanged(
        version=row.version,
        officer=row.id,
        staff_no=row.staff_no,
        unit=row.unit,
        role=Role(row.role),
        language=row.language,
        village=row.village,
        contact=base64.b64encode(row.contact).decode(),
    )


async def _rehash(keyring: Keyring, tx: Tx, villages: list[Any]) -> None:
    """Make the names of all who live in *villages* findable under their kecamatan, page by page."""
    after: Any = _BEFORE_ALL
    while rows := (await tx.execute(_MEMBERS, {"news": villages, "after": after, "limit": _PAGE})).all():
        await tx.execute(_REHASH, list(_hashed(keyring, rows)))
        after = rows[-1].id


def _hashed(keyring: Keyring, rows: Any) -> Iterator[dict[str, Any]]:
    for row in rows:
        name = keyring.open(row.sealed, belongs_to=f"member/{row.id}")["name"]
        yield {"id": row.id, "hashes": list(name_hashes(keyring, name, row.region))}
