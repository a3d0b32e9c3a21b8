"""What the agencies' lists say of a recorded family: its stunting risk, and what it receives already.

Whoever may read a family sees what the lists of the agency that recorded it say, and what those of the reader's own
agency do; never what only the other agency's lists know. A list's family is found by what the list calls it, where that
is among the family's papers, and by the NIK of its members.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import text

from services.contracts.codes import Agency, Service
from services.contracts.ids import FamilyId
from services.contracts.wib import WIB
from services.kit.auth import Caller
from services.kit.database import Tx
from services.registry.context import Registry
from services.registry.importing.dates import first_day
from services.registry.importing.sealing import belongs_to
from services.registry.orders import PaperKind
from services.registry.risk import words
from services.registry.risk.krs import Factor, Group
from services.registry.risk.picture import quarter_of

_LISTS: Final[Mapping[Agency, Mapping[PaperKind, str]]] = {
    Agency.BKKBN: {PaperKind.PK_FAMILY_CODE: "pk"},
    Agency.DINSOS: {PaperKind.DTSEN_ID: "dtsen", PaperKind.PKH_NUMBER: "pkh"},
}
_ASSISTANCE: Final = (Service.PKH, Service.SEMBAKO, Service.PBI_JK)
_BY_NIK: Final = text(
    "SELECT DISTINCT list, listed_person.family FROM member JOIN listed_person USING (nik_hash)"
    " WHERE member.family = :family AND list = ANY(:lists)"
)
_SAYS: Final = text(
    "SELECT list, id, dated, sealed FROM listed_person"
    " JOIN unnest(CAST(:lists AS text[]), CAST(:families AS text[])) AS known(list, family) USING (list, family)"
)
_RISK: Final = text(
    "SELECT rule_version, assessed_on, groups, factors, beside, at_risk FROM family_risk"
    " WHERE pk_family = ANY(:families) ORDER BY assessed_on DESC, at_risk DESC LIMIT 1"
)


async def listed(
    registry: Registry,
    tx: Tx,
    family: FamilyId,
    recorded_by: Agency,
    papers: Iterable[Mapping[str, Any]],
    caller: Caller,
) -> dict[str, Any]:
    """Return `risk` and `assistance` of FamilyView; each None where no list that the caller may see names it."""
    kinds = {**_LISTS[recorded_by], **_LISTS[caller.agency]}
    known = {(kinds[each["kind"]], each["number"]) for each in papers if each["kind"] in kinds and not each["valid_to"]}
    by_nik = await tx.execute(_BY_NIK, {"family": family, "lists": list(kinds.values())})
    known |= {(row.list, row.family) for row in by_nik}
    surveyed = [number for name, number in known if name == "pk"]
    return {
        "risk": await _risk(tx, surveyed) if surveyed else None,
        "assistance": await _assistance(registry, tx, known),
    }


async def _risk(tx: Tx, surveyed: list[str]) -> dict[str, Any] | None:
    row = (await tx.execute(_RISK, {"families": surveyed})).mappings().one_or_none()
    if row is None:
        return None
    said = {name: [_said(words.factors()[Factor(code)], code) for code in row[name]] for name in ("factors", "beside")}
    return {**row, **said, "groups": [_said(words.groups()[Group(code)], code) for code in row["groups"]]}


def _said(said: Any, code: str) -> dict[str, Any]:
    return {"code": code, "words": {"id": said.id, "en": said.en}}


async def _assistance(registry: Registry, tx: Tx, known: set[tuple[str, str]]) -> dict[str, Any] | None:
    """Return what the register and the list of PKH say, of all members together."""
    of_dinsos = sorted(each for each in known if each[0] != "pk")
    values = {"lists": [name for name, _ in of_dinsos], "families": [number for _, number in of_dinsos]}
    rows = (await tx.execute(_SAYS, values)).all() if of_dinsos else []
    if not rows:
        return None
    said = [(row, registry.keyring.open(row.sealed, belongs_to=belongs_to(row.list, row.id))) for row in rows]
    ranked = [(row.dated, record["desil"]) for row, record in said if record.get("desil")]
    period, desil = max(ranked, default=(None, None))
    receives = {service for _, record in said for service in _ASSISTANCE if record.get(service.value)}
    receives |= {Service.PKH for row in rows if row.list == "pkh"}
    return {
        "receives": sorted(receives),
        "dated": max(row.dated for row in rows),
        "desil": desil,
        "desil_of": period,
        "desil_outdated": period is not None and period < _this_quarter(registry),
    }


def _this_quarter(registry: Registry) -> date:
    return first_day(quarter_of(registry.now().astimezone(WIB).date()))
