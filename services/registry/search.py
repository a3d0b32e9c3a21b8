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
from services.registry.orders import PaperNumber, Search
from services.registry.papers import paper_hash

MOST = 20

_BY_NIK = text("SELECT family AS id, agency, false AS earlier FROM member WHERE nik_hash = :hash LIMIT 100")
_BY_KK = text(
    "SELECT id, agency, false AS earlier FROM family WHERE kk_hash = :hash UNION ALL"
    " SELECT family, agency, true FROM family_paper JOIN family ON family.id = family"
    " WHERE hash = :hash AND kind = 'no_kk' LIMIT 100"
)
_BY_PAPER = text(
    "SELECT family AS id, agency, valid_to IS NOT NULL AS earlier FROM family_paper JOIN family ON family.id = family"
    " WHERE hash = :hash AND kind = :kind LIMIT 100"
)
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
        shown = await reading.briefs(registry, tx, found, caller)
        return {"families": shown, "by_earlier_number": [], "known_at_other_agency": None}
    rows = (await _by_number(registry, tx, wanted, caller)).all()
    own = list(dict.fromkeys(row.id for row in rows if row.agency == caller.agency))
    now = {row.id for row in rows if not row.earlier}
    shown = await reading.briefs(registry, tx, own[:MOST], caller)
    elsewhere = {row.id for row in rows if row.agency == caller.agency.other}
    for told_of in {each["id"] for each in shown} | elsewhere or {None}:
        await reading.note(registry, tx, told_of, caller, _purpose(wanted), unmasked=False)
    return {
        "families": shown,
        "by_earlier_number": [each["id"] for each in shown if each["id"] not in now],
        "known_at_other_agency": bool(elsewhere) if wanted.paper is None else None,
    }


def _purpose(wanted: Search) -> str:
    if wanted.paper is not None:
        return "search_paper"
    return "search_kk" if wanted.no_kk is not None else "search_nik"


async def _by_number(registry: Registry, tx: Tx, wanted: Search, caller: Caller) -> Any:
    if wanted.paper is not None:
        return await _by_paper(registry, tx, wanted.paper, caller)
    if wanted.no_kk is not None:
        return await tx.execute(_BY_KK, {"hash": kk_hash(registry.keyring, kk_of(wanted.no_kk))})
    try:
        nik = parse_nik(wanted.nik or "", registry.now().astimezone(WIB).date())
    except NikInvalid as error:
        raise Refused("registry.nik_invalid", fault=error.reason) from None
    return await tx.execute(_BY_NIK, {"hash": nik_hash(registry.keyring, nik)})


async def _by_paper(registry: Registry, tx: Tx, paper: PaperNumber, caller: Caller) -> Any:
    """Find what a list calls a family, for the agency that keeps the list."""
    if paper.kind.kept_by is not caller.agency:
        raise Refused("auth.forbidden")
    hashed = paper_hash(registry.keyring, paper.kind, paper.number)
    return await tx.execute(_BY_PAPER, {"hash": hashed, "kind": paper.kind.value})


async def _by_name(registry: Registry, tx: Tx, name: str, region: RegionCode, caller: Caller) -> list[UUID]:
    """Return the families of the caller's agency with a member who has every word of *name* in hers or his."""
    rights.must_cover(caller, region)
    hashes = name_hashes(registry.keyring, name, region)
    if not hashes:
        return []
    values = {"hashes": hashes, "agency": caller.agency.value, "region": region, "most": MOST}
    return list((await tx.execute(_BY_NAME, values)).scalars())
