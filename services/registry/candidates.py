"""Families that may need the other agency and have not been referred: looked through, and taken into a draft.

Triage proposes; whoever takes a candidate decides. Taking records the family as the agency's own list has it, so that
it can be referred like any other. Whether a candidate is still one is asked of what was heard of referrals, at every
look: it goes while a referral for the need lives or has helped, and is back when that was declined or helped nobody.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import text

from services.contracts.codes import Outcome, Service
from services.contracts.refusals import Refused
from services.contracts.wib import WIB
from services.kit.auth import Caller
from services.kit.database import Tx
from services.registry import families, papers, rights
from services.registry.context import Registry
from services.registry.importing.sealing import belongs_to
from services.registry.nik import Sex, parse_nik
from services.registry.orders import MOST_MEMBERS, NewFamily, NewMember, PaperKind, Relation
from services.registry.triage.triage_map import triage_map

_HELPED = ", ".join(f"'{outcome.value}'" for outcome in Outcome if outcome.positive)
_OPEN = f"""
NOT EXISTS (SELECT FROM referral_seen AS seen WHERE seen.family = candidate.family
    AND seen.service = candidate.service AND (seen.state NOT IN ('closed', 'cancelled', 'void')
    OR (seen.state = 'closed' AND seen.outcome IN ({_HELPED}))))
"""
_MINE = "agency = :agency AND (region = :area OR region LIKE :area || '.%')"
_QUEUE = text(
    "SELECT family, service, region, urgency, priority, rule, map_version, list, list_family FROM candidate"
    f" WHERE {_MINE} AND {_OPEN} AND (CAST(:wanted AS text) IS NULL OR service = :wanted)"
    " AND (CAST(:of_family AS uuid) IS NULL OR family = :of_family)"
    " AND (urgency, region, family, service) > (:urgency, :region, CAST(:family AS uuid), :service)"
    " ORDER BY urgency, region, family, service LIMIT :limit"
)
_COUNTS = text(
    f"SELECT service, priority, count(*) AS families FROM candidate WHERE {_MINE} AND {_OPEN}"
    " GROUP BY service, priority ORDER BY service"
)
_ONE = text(
    "SELECT family, service, region, urgency, priority, rule, map_version, list, list_family FROM candidate"
    f" WHERE family = :family AND service = :service AND {_MINE} AND {_OPEN}"
)
_LISTED = text("SELECT id, sealed FROM listed_person WHERE list = :list AND family = :family ORDER BY id")
_RECORDED = text("SELECT family FROM recorded_family WHERE agency = :agency AND list_family = :list_family")
_KEEP = text("INSERT INTO recorded_family (agency, list_family, family) VALUES (:agency, :list_family, :family)")
_MOVE = text("UPDATE candidate SET family = :known WHERE family = :family AND agency = :agency")
_KNOWN_BY_NIK = text("SELECT family FROM member WHERE agency = :agency AND nik_hash = ANY(:hashes) LIMIT 1")
_RECEIVING = text("SELECT DISTINCT family FROM listed_person WHERE list = 'pkh' AND nik_hash = ANY(:hashes) LIMIT 2")
_BEFORE_ALL = (-1, "", "00000000-0000-0000-0000-000000000000", "")


async def queue(
    tx: Tx, caller: Caller, wanted: Service | None, of_family: UUID | None, *, after: str | None, limit: int
) -> dict[str, Any]:
    """Return CandidatesView as a dict: candidates of the caller's agency where the caller works, urgent ones first.

    *wanted*: for one service only; *of_family*: what is proposed for that family only.
    """
    rights.must_work_cases(caller)
    urgency, region, family, service = after.split("/") if after else _BEFORE_ALL
    values = {**_of(caller), "urgency": int(urgency), "region": region, "family": family, "service": service}
    asked = {"wanted": wanted, "of_family": of_family, "limit": limit}
    rows = (await tx.execute(_QUEUE, {**values, **asked})).mappings().all()
    last = rows[-1] if len(rows) == limit else None
    return {
        "candidates": [_shown(row) for row in rows],
        "next": last and f"{last['urgency']}/{last['region']}/{last['family']}/{last['service']}",
    }


async def counts(tx: Tx, caller: Caller) -> dict[str, Any]:
    """Return how many candidates there are where the caller works, by service and priority."""
    rights.must_work_cases(caller)
    rows = (await tx.execute(_COUNTS, _of(caller))).mappings().all()
    return {"counts": [dict(row) for row in rows]}


async def take(registry: Registry, tx: Tx, family: UUID, service: str, caller: Caller) -> dict[str, Any]:
    """Record the candidate's family, if that is not done, and return what a draft referral of it needs.

    Raises Refused("registry.candidate_gone") where it is no candidate of the caller's, or not any more.
    """
    rights.must_work_cases(caller)
    row = (await tx.execute(_ONE, {**_of(caller), "family": family, "service": service})).mappings().one_or_none()
    if row is None:
        raise Refused("registry.candidate_gone")
    return {**_shown(row), "family": await _recorded(registry, tx, row, caller)}


def _of(caller: Caller) -> dict[str, str]:
    return {"agency": caller.agency.value, "area": rights.area(caller)}


def _shown(row: Any) -> dict[str, Any]:
    rule = next(each for each in triage_map(row["map_version"]).rules if each.id == row["rule"])
    names = ("family", "service", "region", "priority", "rule", "map_version")
    return {**{name: row[name] for name in names}, "words": rule.words.model_dump()}


async def _recorded(registry: Registry, tx: Tx, row: Any, caller: Caller) -> UUID:
    """Return the id of the candidate's family, which is recorded from then on."""
    key = {"agency": caller.agency.value, "list_family": row["list_family"]}
    known: UUID | None = (await tx.execute(_RECORDED, key)).scalar()
    if known is not None:
        return known
    new = await _listed(registry, tx, row)
    hashes = _nik_hashes(registry, new)
    values = {"agency": caller.agency.value, "hashes": hashes}
    known = (await tx.execute(_KNOWN_BY_NIK, values)).scalar()
    if known is None:
        await families.record(registry, tx, new, caller)
        known = new.id
    else:  # somebody recorded it by hand: the candidates are that family's from now on
        await tx.execute(_MOVE, {"known": known, "family": row["family"], "agency": caller.agency.value})
    await tx.execute(_KEEP, {**key, "family": known})
    numbers = await _called(tx, row, hashes)
    await papers.keep_all(registry, tx, known, numbers, _today(registry), caller.officer)
    return known


async def _called(tx: Tx, row: Any, hashes: list[bytes]) -> list[tuple[PaperKind, str]]:
    """Return what the agency's lists call the family; the PKH list where it has one of these people by NIK."""
    if row["list"] == "pk":
        return [(PaperKind.PK_FAMILY_CODE, row["list_family"])]
    receiving = (await tx.execute(_RECEIVING, {"hashes": hashes})).scalars().all()
    several = [(PaperKind.PKH_NUMBER, number) for number in receiving] if len(receiving) == 1 else []
    return [(PaperKind.DTSEN_ID, row["list_family"]), *several]


def _today(registry: Registry) -> date:
    return registry.now().astimezone(WIB).date()


def _nik_hashes(registry: Registry, new: NewFamily) -> list[bytes]:
    numbers = [parse_nik(member.nik, _today(registry)) for member in new.members if member.nik]
    return [families.nik_hash(registry.keyring, number) for number in numbers]


async def _listed(registry: Registry, tx: Tx, row: Any) -> NewFamily:
    """Return the family as the list has it. A number that two of them carry is left out of the second."""
    values = {"list": row["list"], "family": row["list_family"]}
    records = [
        registry.keyring.open(each.sealed, belongs_to=belongs_to(row["list"], each.id))
        for each in await tx.execute(_LISTED, values)
    ]
    if not records:
        raise Refused("registry.candidate_gone")
    seen: set[str] = set()
    members = []
    for record in records:
        nik = record.get("nik")
        members.append(_member(row["family"], record, None if nik in seen else nik))
        seen |= {nik} if nik else set()
    return NewFamily(
        id=row["family"],
        region=row["region"],
        no_kk=next((record["no_kk"] for record in records if "no_kk" in record), None),
        address=_address(records[0]),
        members=with_mother(members[:MOST_MEMBERS]),
    )


def with_mother(members: Sequence[NewMember]) -> tuple[NewMember, ...]:
    """Return *members*, in which a child without a NIK has its mother, where only one of them can be that."""
    women = [each for each in members if each.sex is Sex.FEMALE and each.relation in {Relation.WIFE, Relation.HEAD}]
    if len(women) != 1:
        return tuple(members)
    (mother,) = women
    return tuple(
        each.model_copy(update={"mother": mother.id})
        if each.nik is None and each.relation is Relation.CHILD and each.birth_date > mother.birth_date
        else each
        for each in members
    )


def _member(family: UUID, record: dict[str, Any], nik: str | None) -> NewMember:
    return NewMember(
        id=uuid5(family, record["id"]),
        name=record["name"],
        nik=nik,
        birth_date=record["birth_date"],
        sex=record["sex"],
        relation=Relation(record.get("relation", Relation.OTHER)),
        pregnant=record.get("pregnant"),
    )


def _address(record: dict[str, Any]) -> str:
    parts = (
        record.get("address"),
        record.get("rt") and f"RT {record['rt']}",
        record.get("rw") and f"RW {record['rw']}",
    )
    return " ".join(part for part in parts if part) or "-"
