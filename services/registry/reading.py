"""Reading families. A stranger gets 404; NIK and KK are masked; reading them in full leaves a line about it."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import insert, text

from services.contracts.codes import Agency, Level, Role
from services.contracts.ids import FamilyId, OfficerId, RegionCode, UnitId, masked
from services.contracts.refusals import Refused
from services.kit.auth import Caller
from services.kit.crypto import Keyring
from services.kit.database import Tx
from services.registry import papers, rights
from services.registry.context import Registry
from services.registry.grants import grants_for, history
from services.registry.listed import listed
from services.registry.orders import ReadPurpose
from services.registry.rights import Desk, KnownFamily
from services.registry.tables import ReadAuditRow

log = structlog.get_logger()

_SELECT = (
    "SELECT family.id, family.version, family.region, family.restricted, family.recorded_by, family.recorded_at,"
    " family.sealed, family.kk_hash, family.kk_from, family.kk_by,"
    " family.agency, family.unit, unit.level AS unit_level, unit.region AS unit_region"
    " FROM family JOIN unit ON unit.id = family.unit"
)
_FAMILY = text(f"{_SELECT} WHERE family.id = :family")
_FAMILIES = text(f"{_SELECT} WHERE family.id = ANY(:families) ORDER BY family.recorded_at DESC")
_MEMBERS = text("SELECT id, family, sealed FROM member WHERE family = ANY(:families) ORDER BY family, position")
_AUDIT = text(
    "SELECT id, at, staff_no, unit, purpose, unmasked FROM read_audit"
    " WHERE family = :family AND (CAST(:before AS bigint) IS NULL OR id < :before) ORDER BY id DESC LIMIT :limit"
)
_DISCLOSED = text(
    "SELECT unit, referral, purpose, opened_at, closed_at, expires_at FROM access_grant"
    " WHERE family = :family ORDER BY id DESC LIMIT 200"
)
OVERSIGHT = "oversight"


async def show(registry: Registry, tx: Tx, family_id: FamilyId, caller: Caller) -> dict[str, Any]:
    """Return FamilyView as a dict, its numbers masked. Raises Refused("registry.family_not_found") for strangers.

    What the `dpo` reads leaves a line in any case, so *tx* must be committed.
    """
    row, family = await readable(registry, tx, family_id, caller)
    if caller.role is Role.DPO:
        await note(registry, tx, family.id, caller, OVERSIGHT, unmasked=False)
    return await _view(registry, tx, row, family, caller, unmasked=False)


async def read(registry: Registry, tx: Tx, family_id: FamilyId, purpose: ReadPurpose, caller: Caller) -> dict[str, Any]:
    """Return FamilyView as a dict with full numbers, and write who read them and why in the same transaction."""
    row, family = await readable(registry, tx, family_id, caller)
    await note(registry, tx, family.id, caller, purpose.value, unmasked=True)
    return await _view(registry, tx, row, family, caller, unmasked=True)


async def audit(
    registry: Registry, tx: Tx, family_id: FamilyId, caller: Caller, *, before: int | None, limit: int
) -> dict[str, Any]:
    """Return who read the family and to whom it was disclosed, newest first."""
    _, family = await readable(registry, tx, family_id, caller)
    if not rights.may_audit(caller, family):
        raise Refused("auth.forbidden")
    lines = (await tx.execute(_AUDIT, {"family": family_id, "before": before, "limit": limit})).mappings().all()
    disclosed = (await tx.execute(_DISCLOSED, {"family": family_id})).mappings().all()
    more = lines[-1]["id"] if len(lines) == limit else None
    return {"lines": lines, "next": more, "disclosed": disclosed}


async def briefs(registry: Registry, tx: Tx, families: Iterable[UUID], caller: Caller) -> list[dict[str, Any]]:
    """Return BriefView as dicts of those *families* that *caller*'s own agency recorded and *caller* may read."""
    rows = (await tx.execute(_FAMILIES, {"families": list(families)})).all()
    known = [(row, _known(row)) for row in rows]
    mine = [(row, each) for row, each in known if each.desk.agency is caller.agency and rights.may_read(caller, each)]
    members = await _members(registry.keyring, tx, [each.id for _, each in mine])
    return [_brief(registry.keyring, row, members.get(each.id, []), unmasked=False) for row, each in mine]


async def readable(registry: Registry, tx: Tx, family_id: FamilyId, caller: Caller) -> tuple[Any, KnownFamily]:
    """Return the family for somebody who may read it. Raises Refused("registry.family_not_found") for strangers."""
    if caller.role is not Role.DPO:
        rights.must_work_cases(caller)
    row = (await tx.execute(_FAMILY, {"family": family_id})).one_or_none()
    if row is None:
        raise Refused("registry.family_not_found")
    family = _known(row)
    if not rights.may_read(caller, family, await grants_for(tx, family_id, caller.unit, now=registry.now())):
        raise Refused("registry.family_not_found")
    return row, family


def _known(row: Any) -> KnownFamily:
    desk = Desk(UnitId(row.unit), Agency(row.agency), Level(row.unit_level), RegionCode(row.unit_region))
    return KnownFamily(FamilyId(row.id), RegionCode(row.region), row.restricted, OfficerId(row.recorded_by), desk)


async def note(
    registry: Registry, tx: Tx, family: FamilyId | None, caller: Caller, purpose: str, *, unmasked: bool
) -> None:
    """Write who read what of *family*, and for what. A search that found none has no family."""
    line = {
        "at": registry.now(),
        "family": family,
        "officer": caller.officer,
        "staff_no": caller.staff_no,
        "unit": caller.unit,
        "purpose": purpose,
        "unmasked": unmasked,
    }
    await tx.execute(insert(ReadAuditRow).values(line))


async def _view(
    registry: Registry, tx: Tx, row: Any, family: KnownFamily, caller: Caller, *, unmasked: bool
) -> dict[str, Any]:
    members = await _members(registry.keyring, tx, [family.id])
    known_by = await papers.of_family(registry.keyring, tx, row)
    return {
        **_brief(registry.keyring, row, members[family.id], unmasked=unmasked),
        "agency": family.desk.agency,
        "recorded_at": row.recorded_at,
        "unmasked": unmasked,
        "papers": [{**each, "number": _shown(each["number"], unmasked=unmasked)} for each in known_by],
        "history": await history(tx, family.id, caller),
        **await listed(registry, tx, family.id, family.desk.agency, known_by, caller),
    }


def _brief(keyring: Keyring, row: Any, members: Iterable[Mapping[str, Any]], *, unmasked: bool) -> dict[str, Any]:
    sealed = keyring.open(row.sealed, belongs_to=f"family/{row.id}")
    return {
        "id": row.id,
        "region": row.region,
        "unit": row.unit,
        "restricted": row.restricted,
        "address": sealed["address"],
        "no_kk": _shown(sealed["no_kk"], unmasked=unmasked),
        "members": [{**member, "nik": _shown(member["nik"], unmasked=unmasked)} for member in members],
    }


async def _members(keyring: Keyring, tx: Tx, families: list[FamilyId]) -> dict[UUID, list[dict[str, Any]]]:
    opened: dict[UUID, list[dict[str, Any]]] = {family: [] for family in families}
    for row in await tx.execute(_MEMBERS, {"families": families}):
        opened[row.family].append({"id": row.id, **keyring.open(row.sealed, belongs_to=f"member/{row.id}")})
    return opened


def _shown(number: str | None, *, unmasked: bool) -> str | None:
    return number if number is None or unmasked else masked(number)
