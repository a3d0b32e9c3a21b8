"""Recording families: checked, sealed, and told of by id and codes only.

What can be searched for (NIK, KK, the words of a name within a kecamatan) is stored as keyed hashes beside the sealed
records; nothing else about a person is in any table.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from services.contracts.events import FamilyRecorded
from services.contracts.ids import FamilyId, RegionCode
from services.contracts.refusals import Refused
from services.contracts.wib import WIB
from services.kit import outbox
from services.kit.auth import Caller
from services.kit.crypto import Keyring
from services.kit.database import Tx
from services.registry import rights
from services.registry.context import Registry
from services.registry.names import name_parts
from services.registry.nik import Kk, KkInvalid, Nik, NikInvalid, parse_kk, parse_nik, warnings
from services.registry.orders import NewFamily, NewMember
from services.registry.regions import level_of
from services.registry.tables import FamilyRow, MemberRow

# Kept as it is until the family is written: a decree finds the family, or the family meets the decree.
_REGION = text("SELECT 1 FROM region WHERE code = :code AND valid_to IS NULL FOR SHARE")
_EARLIER = text("SELECT version, unit, recorded_by, content_hash FROM family WHERE id = :id")
_TAKEN = text("SELECT 1 FROM member WHERE agency = :agency AND nik_hash = ANY(:hashes) LIMIT 1")

Niks = dict[UUID, Nik]


async def record(registry: Registry, tx: Tx, new: NewFamily, caller: Caller) -> dict[str, Any]:
    """Write a family; the same one twice is one. Returns ids and codes, with what looks odd about a NIK.

    Raises Refused for a malformed number, an unknown or foreign region, a NIK that this agency has already.
    """
    rights.must_work_cases(caller)
    today = registry.now().astimezone(WIB).date()
    niks, kk = _checked(new, today)
    await _check_region(tx, new.region, caller)
    content = registry.keyring.hash("family-content", _content(new))
    earlier = (await tx.execute(_EARLIER, {"id": new.id})).one_or_none()
    if earlier is None:
        await _write(registry, tx, new, niks, kk, content, caller)
    elif (earlier.recorded_by, earlier.content_hash) != (caller.officer, content):
        raise Refused("registry.family_exists")
    return _answer(new, niks, caller)


def _checked(new: NewFamily, today: date) -> tuple[Niks, Kk | None]:
    """Return the numbers, well-formed."""
    places = [f"body.members.{position}" for position in range(len(new.members))]
    return check_members(new.members, places, today), kk_of(new.no_kk) if new.no_kk else None


def check_members(members: Sequence[NewMember], places: Sequence[str], today: date) -> Niks:
    """Return their NIKs, well-formed. The refusals name the member and the fault, never the number.

    *places*: where each stands in what was sent.
    """
    for member, place in zip(members, places, strict=True):
        if member.birth_date > today:
            raise Refused("request.invalid", fields=[{"at": f"{place}.birth_date", "problem": "date_in_future"}])
    niks = {member.id: _nik(member, today) for member in members if member.nik}
    if len({nik.digits for nik in niks.values()}) != len(niks):
        raise Refused("registry.nik_taken")
    return niks


def _content(new: NewFamily) -> str:
    """Return what tells a repeat. Where a newer field says nothing it is left out, so that old content stays equal."""
    silent = {at: {"pregnant"} for at, member in enumerate(new.members) if member.pregnant is None}
    return new.model_dump_json(exclude={"members": silent})


def _nik(member: NewMember, today: date) -> Nik:
    try:
        return parse_nik(member.nik or "", today)
    except NikInvalid as error:
        raise Refused("registry.nik_invalid", fault=error.reason, member=member.id) from None


def kk_of(number: str) -> Kk:
    """Return the family card number. Raises Refused("registry.kk_invalid")."""
    try:
        return parse_kk(number)
    except KkInvalid as error:
        raise Refused("registry.kk_invalid", fault=error.reason) from None


async def _check_region(tx: Tx, region: RegionCode, caller: Caller) -> None:
    known = (await tx.execute(_REGION, {"code": region})).scalar()
    if not known or not level_of(region).is_village:
        raise Refused("registry.region_unknown")
    rights.must_cover(caller, region)


async def _write(
    registry: Registry, tx: Tx, new: NewFamily, niks: Niks, kk: Kk | None, content: bytes, caller: Caller
) -> None:
    row = {**_family_row(registry, new, kk, caller), "content_hash": content}
    statement = insert(FamilyRow).values(row).on_conflict_do_nothing().returning(col(FamilyRow.id))
    if (await tx.execute(statement)).first() is None:
        raise Refused("registry.family_exists")
    await _write_members(registry, tx, new, niks, caller)
    fact = FamilyRecorded(
        version=1,
        family=FamilyId(new.id),
        region=new.region,
        agency=caller.agency,
        unit=caller.unit,
        restricted=new.restricted,
    )
    await outbox.write(tx, fact, now=registry.now())


def _family_row(registry: Registry, new: NewFamily, kk: Kk | None, caller: Caller) -> dict[str, Any]:
    sealed = {"no_kk": kk.digits if kk else None, "address": new.address}
    return {
        "id": new.id,
        "version": 1,
        "region": new.region,
        "agency": caller.agency.value,
        "unit": caller.unit,
        "restricted": new.restricted,
        "recorded_by": caller.officer,
        "recorded_at": registry.now(),
        "kk_hash": kk_hash(registry.keyring, kk) if kk else None,
        "sealed": registry.keyring.seal(sealed, belongs_to=f"family/{new.id}"),
    }


async def _write_members(registry: Registry, tx: Tx, new: NewFamily, niks: Niks, caller: Caller) -> None:
    rows = [
        {
            **member_row(registry.keyring, new.id, new.region, member, niks.get(member.id)),
            "agency": caller.agency.value,
            "position": at,
        }
        for at, member in enumerate(new.members)
    ]
    # Of two who record one NIK at the same time the index lets one through.
    statement = insert(MemberRow).values(rows).on_conflict_do_nothing().returning(col(MemberRow.id))
    if len((await tx.execute(statement)).all()) == len(rows):
        return
    hashes = [row["nik_hash"] for row in rows if row["nik_hash"]]
    taken = (await tx.execute(_TAKEN, {"agency": caller.agency.value, "hashes": hashes})).scalar()
    raise Refused("registry.nik_taken" if taken else "registry.family_exists")


def member_row(
    keyring: Keyring, family: UUID, region: RegionCode, member: NewMember, nik: Nik | None
) -> dict[str, Any]:
    """Return the columns of a member, but for the agency and the position."""
    fields = member.model_dump(mode="json", exclude={"id", "nik"})
    return {
        "id": member.id,
        "family": family,
        "nik_hash": nik_hash(keyring, nik) if nik else None,
        "name_hashes": name_hashes(keyring, member.name, region),
        "sealed": keyring.seal({**fields, "nik": nik.digits if nik else None}, belongs_to=f"member/{member.id}"),
    }


def _answer(new: NewFamily, niks: Niks, caller: Caller) -> dict[str, Any]:
    """Return what may rest in the clear beside the command's key: no word about a person."""
    return {
        "id": str(new.id),
        "version": 1,
        "region": new.region,
        "agency": caller.agency.value,
        "unit": caller.unit,
        "restricted": new.restricted,
        "warnings": odd_niks(new.members, niks, new.region),
    }


def odd_niks(members: Iterable[NewMember], niks: Niks, region: RegionCode) -> list[dict[str, str]]:
    """Return WarningViews as dicts: what disagrees between a NIK and the rest."""
    return [
        {"member": str(member.id), "code": warning.value}
        for member in members
        if member.id in niks
        for warning in warnings(niks[member.id], region, member.birth_date, member.sex)
    ]


def nik_hash(keyring: Keyring, nik: Nik) -> bytes:
    return keyring.hash("nik", nik.digits)


def kk_hash(keyring: Keyring, kk: Kk) -> bytes:
    return keyring.hash("kk", kk.digits)


def name_hashes(keyring: Keyring, name: str, region: RegionCode) -> Sequence[bytes]:
    """Return a hash for each word of *name*, of use within the kecamatan of *region* only."""
    kecamatan = ".".join(region.split(".")[:3])
    return [keyring.hash(f"name:{kecamatan}", part) for part in sorted(name_parts(name))]
