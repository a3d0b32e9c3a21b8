"""What changes in a family after it was recorded: a number, a member who is born, a NIK that was issued.

Only the recording agency's caseworkers where it lives change it; the family's row is held meanwhile, so that of two who
change it one comes after the other.
"""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from services.contracts.events import FamilyRecorded
from services.contracts.ids import FamilyId
from services.contracts.refusals import Refused
from services.contracts.wib import WIB
from services.kit import outbox
from services.kit.auth import Caller
from services.kit.database import Tx
from services.registry import papers, reading, rights
from services.registry.context import Registry
from services.registry.families import check_members, member_row, nik_hash, odd_niks
from services.registry.nik import Nik, NikInvalid, Sex, parse_nik, warnings
from services.registry.orders import MOST_MEMBERS, NewMember, NewPaper, PaperKind
from services.registry.rights import KnownFamily
from services.registry.tables import MemberRow

_HOLD = text("SELECT FROM family WHERE id = :family FOR NO KEY UPDATE")
_MEMBERS = text("SELECT id, position, sealed FROM member WHERE family = :family")
_NEXT_VERSION = text("UPDATE family SET version = version + 1 WHERE id = :family RETURNING version")
_TAKEN = text("SELECT 1 FROM member WHERE agency = :agency AND nik_hash = :hash")
_GIVE_NIK = text("UPDATE member SET nik_hash = :hash, sealed = :sealed WHERE id = :member")


async def put_paper(
    registry: Registry, tx: Tx, family_id: FamilyId, kind: PaperKind, new: NewPaper, caller: Caller
) -> dict[str, Any]:
    """Write the number that the family has from a day on; the one before ends then. The same number again is nothing.

    Raises Refused for strangers, for a list's number where the caller's agency does not keep the list, and for a day in
    the future or before the present number's.
    """
    row, _ = await _held(registry, tx, family_id, caller)
    if kind.kept_by not in {None, caller.agency}:
        raise Refused("auth.forbidden")
    if new.valid_from > _today(registry):
        raise Refused("request.invalid", fields=[{"at": "body.valid_from", "problem": "date_in_future"}])
    if kind is PaperKind.NO_KK:
        since = await papers.keep_kk(registry, tx, row, new, caller.officer)
    else:
        since = await papers.keep(registry, tx, family_id, kind, new, caller.officer)
    return {"family": str(family_id), "kind": kind.value, "valid_from": since.isoformat()}


async def add_member(registry: Registry, tx: Tx, family_id: FamilyId, new: NewMember, caller: Caller) -> dict[str, Any]:
    """Write one more member; the same one twice is one. Returns RecordedView as a dict.

    Raises Refused for strangers, a malformed or known NIK, a mother who is no member, and one member too many.
    """
    row, family = await _held(registry, tx, family_id, caller)
    niks = check_members((new,), ["body"], _today(registry))
    known = {each.id: each for each in await tx.execute(_MEMBERS, {"family": family_id})}
    version = row.version
    if new.id not in known:
        _check_place(new, known)
        position = max((each.position for each in known.values()), default=-1) + 1
        await _insert(registry, tx, family, new, niks.get(new.id), caller, position)
        version = (await tx.execute(_NEXT_VERSION, {"family": family_id})).scalar_one()
        await outbox.write(tx, _told(family, version), now=registry.now())
    elif not _says_the_same(registry, known[new.id], new):
        raise Refused("registry.member_exists")
    told = _told(family, version).model_dump(mode="json", exclude={"family"})
    return {"id": str(family_id), **told, "warnings": odd_niks((new,), niks, family.region)}


async def give_nik(
    registry: Registry, tx: Tx, family_id: FamilyId, member: UUID, number: str, caller: Caller
) -> dict[str, Any]:
    """Write the NIK that was issued to a member; the same one again is nothing. Returns NikKeptView as a dict.

    Raises Refused for strangers, a malformed NIK or one that another member of any family has, and another NIK before.
    """
    _, family = await _held(registry, tx, family_id, caller)
    row = {each.id: each for each in await tx.execute(_MEMBERS, {"family": family_id})}.get(member)
    if row is None:
        raise Refused("registry.member_not_found")
    nik = _nik(number, member, _today(registry))
    said = registry.keyring.open(row.sealed, belongs_to=f"member/{member}")
    if said["nik"] not in {None, nik.digits}:
        raise Refused("registry.member_has_nik")
    if said["nik"] is None:
        await _write_nik(registry, tx, member, {**said, "nik": nik.digits}, nik, caller)
    odd = warnings(nik, family.region, date.fromisoformat(said["birth_date"]), Sex(said["sex"]))
    found = [{"member": str(member), "code": each.value} for each in odd]
    return {"family": str(family_id), "member": str(member), "warnings": found}


async def _held(registry: Registry, tx: Tx, family_id: FamilyId, caller: Caller) -> tuple[Any, KnownFamily]:
    """Return the family for somebody who may change it, and hold it until *tx* ends."""
    await tx.execute(_HOLD, {"family": family_id})
    row, family = await reading.readable(registry, tx, family_id, caller)
    rights.must_change(caller, family)
    return row, family


def _today(registry: Registry) -> date:
    return registry.now().astimezone(WIB).date()


def _check_place(new: NewMember, known: dict[UUID, Any]) -> None:
    if new.mother is not None and new.mother not in known:
        raise Refused("request.invalid", fields=[{"at": "body.mother", "problem": "no_member"}])
    if len(known) >= MOST_MEMBERS:
        raise Refused("registry.family_full", most=MOST_MEMBERS)


def _says_the_same(registry: Registry, row: Any, new: NewMember) -> bool:
    """Whether *new* is what was recorded; a NIK may have been issued since."""
    said = registry.keyring.open(row.sealed, belongs_to=f"member/{row.id}")
    fields = new.model_dump(mode="json", exclude={"id", "nik"})
    return all(said.get(name) == value for name, value in fields.items()) and new.nik in {None, said["nik"]}


async def _insert(
    registry: Registry, tx: Tx, family: KnownFamily, new: NewMember, nik: Nik | None, caller: Caller, position: int
) -> None:
    if nik is not None:
        await _check_free(registry, tx, nik, caller)
    row = {
        **member_row(registry.keyring, family.id, family.region, new, nik),
        "agency": caller.agency.value,
        "position": position,
    }
    statement = insert(MemberRow).values(row).on_conflict_do_nothing().returning(col(MemberRow.id))
    if (await tx.execute(statement)).first() is None:
        raise Refused("registry.member_exists")


async def _write_nik(registry: Registry, tx: Tx, member: UUID, said: dict[str, Any], nik: Nik, caller: Caller) -> None:
    await _check_free(registry, tx, nik, caller)
    sealed = registry.keyring.seal(said, belongs_to=f"member/{member}")
    values = {"member": member, "hash": nik_hash(registry.keyring, nik), "sealed": sealed}
    await tx.execute(_GIVE_NIK, values)


async def _check_free(registry: Registry, tx: Tx, nik: Nik, caller: Caller) -> None:
    values = {"agency": caller.agency.value, "hash": nik_hash(registry.keyring, nik)}
    if (await tx.execute(_TAKEN, values)).first() is not None:
        raise Refused("registry.nik_taken")


def _nik(number: str, member: UUID, today: date) -> Nik:
    try:
        return parse_nik(number, today)
    except NikInvalid as error:
        raise Refused("registry.nik_invalid", fault=error.reason, member=member) from None


def _told(family: KnownFamily, version: int) -> FamilyRecorded:
    return FamilyRecorded(
        version=version,
        family=family.id,
        region=family.region,
        agency=family.desk.agency,
        unit=family.desk.unit,
        restricted=family.restricted,
    )
