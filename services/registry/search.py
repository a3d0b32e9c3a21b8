"""Finding families: in full only what one's own agency recorded where one works.

Of the other agency nothing comes back but that a number is known there, so that two sides can find out that they
know the same family without showing it to each other. Whoever asks for a number leaves a line with every family that
the answer tells of, and one without a family where it tells of none; never the number.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.contracts.ids import RegionCode
from services.contracts.refusals import Refused
from services.contracts.wib import WIB
from services.kit.auth import Caller
from services.kit.database import Tx
from services.registry import reading, rights
from services.registry.context import Registry
from services.registry.families import kk_hash, kk_of, name_hashes, nik_hash
from services.registry.nik import NikInvalid, parse_nik
from services.registry.orders import Search

MOST = 20

_BY_NIK = text("SELECT family AS id, agency FROM member WHERE nik_hash = :hash LIMIT 100")
_BY_KK = text("SELECT id, agency FROM family WHERE kk_hash = :hash LIMIT 100")
_BY_NAME = text(
    "SELECT DISTINCT family.id FROM member JOIN family ON family.id = member.family"
    " WHERE member.name_hashes @> CAST(:hashes AS bytea[]) AND family.agency = :agency"
    " AND (family.region = :region OR family.region LIKE :region || '.%') LIMIT :most"
)


async def search(registry: Registry, tx: Tx, wanted: Search, caller: Caller) -> dict[str, Any]:
    """Return FoundView as a dict. Raises Refused for a malformed number and for a region outside the caller's area.

    A search by a number leaves a line, so *tx* must be committed.
    """
    rights.must_work_cases(caller)
    if wanted.name is not None and wanted.region is not None:
        found = await _by_name(registry, tx, wanted.name, wanted.region, caller)
        return {"families": await reading.briefs(registry, tx, found, caller), "known_at_other_agency": None}
    rows = (await _by_number(registry, tx, wanted)).all()
    own = [row.id for row in rows if row.agency == caller.agency]
    shown = await reading.briefs(registry, tx, own[:MOST], caller)
    elsewhere = {row.id for row in rows if row.agency == caller.agency.other}
    for told_of in {each["id"] for each in shown} | elsewhere or {None}:
        await reading.note(registry, tx, told_of, caller, _purpose(wanted), unmasked=False)
    return {"families": shown, "known_at_other_agency": bool(elsewhere)}


def _purpose(wanted: Search) -> str:
    return "search_kk" if wanted.no_kk is not None else "search_nik"


async def _by_number(registry: Registry, tx: Tx, wanted: Search) -> Any:
    if wanted.no_kk is not None:
        return await tx.execute(_BY_KK, {"hash": kk_hash(registry.keyring, kk_of(wanted.no_kk))})
    try:
        nik = parse_nik(wanted.nik or "", registry.now().astimezone(WIB).date())
    except NikInvalid as error:
        raise Refused("registry.nik_invalid", fault=error.reason) from None
    return await tx.execute(_BY_NIK, {"hash": nik_hash(registry.keyring, nik)})


async def _by_name(registry: Registry, tx: Tx, name: str, region: RegionCode, caller: Caller) -> list[UUID]:
    """Return the families of the caller's agency with a member who has every word of *name* in hers or his."""
    rights.must_cover(caller, region)
    hashes = name_hashes(registry.keyring, name, region)
    if not hashes:
        return []
    values = {"hashes": hashes, "agency": caller.agency.value, "region": region, "most": MOST}
    return list((await tx.execute(_BY_NAME, values)).scalars())
