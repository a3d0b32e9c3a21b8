"""Pairs that may be one person: both records side by side, and what a person decides about them.

Whoever looks at a pair reads what the other agency's list says of somebody, so each look leaves a line. A verdict stays
whatever later lists say; it can be taken back, and nothing is lost by either: the lists themselves are not touched.
"""

from typing import Any, Literal

from sqlalchemy import text

from services.contracts.codes import Role
from services.contracts.ids import masked
from services.contracts.refusals import Refused
from services.kit.auth import Caller
from services.kit.database import Tx
from services.registry import reading, rights
from services.registry.context import Registry
from services.registry.importing.sealing import belongs_to

Verdict = Literal["join", "apart"]

_QUEUE = text("""
SELECT dtsen, pk, score, kind, evidence, region FROM person_link
WHERE decision = 'review' AND verdict IS NULL AND (region = :area OR region LIKE :area || '.%')
ORDER BY score DESC, dtsen LIMIT :limit
""")
_RECORDS = text("""
SELECT list, id, region, sealed FROM listed_person
WHERE (list = 'pk' AND id = ANY(:pk)) OR (list = 'dtsen' AND id = ANY(:dtsen))
""")
_DECIDE = text("""
UPDATE person_link SET verdict = :verdict, decided_by = :officer, decided_at = :now
WHERE dtsen = :dtsen AND pk = :pk AND (region = :area OR region LIKE :area || '.%')
RETURNING decision
""")
# A row of the register is one person: who is joined with it takes it from whoever had it.
_OTHERS_APART = text("""
UPDATE person_link SET verdict = 'apart', decided_by = :officer, decided_at = :now
WHERE dtsen = :dtsen AND pk <> :pk AND coalesce(verdict, decision) = 'join'
""")
PURPOSE = "review_link"
_SHOWN = ("name", "birth_date", "sex", "relation", "address", "rt", "rw")


async def queue(registry: Registry, tx: Tx, caller: Caller, limit: int) -> dict[str, Any]:
    """Return ReviewsView as a dict. Leaves a line, so *tx* must be committed. Raises Refused for who leads nobody."""
    _must_review(caller)
    rows = (await tx.execute(_QUEUE, {"area": rights.area(caller), "limit": limit})).mappings().all()
    wanted = {"pk": [row["pk"] for row in rows], "dtsen": [row["dtsen"] for row in rows]}
    records = {(each.list, each.id): _side(registry, each) for each in await tx.execute(_RECORDS, wanted)}
    if rows:
        await reading.note(registry, tx, None, caller, PURPOSE, unmasked=False)
    return {
        "reviews": [
            {**row, "surveyed": records.get(("pk", row["pk"])), "registered": records.get(("dtsen", row["dtsen"]))}
            for row in rows
        ]
    }


async def decide(
    registry: Registry, tx: Tx, dtsen: str, pk: str, verdict: Verdict | None, caller: Caller
) -> dict[str, Any]:
    """Write down what the caller decided; None takes it back. Raises Refused("registry.link_not_found")."""
    _must_review(caller)
    values = {"dtsen": dtsen, "pk": pk, "verdict": verdict, "area": rights.area(caller)}
    who = {"officer": caller.officer if verdict else None, "now": registry.now() if verdict else None}
    decision = (await tx.execute(_DECIDE, {**values, **who})).scalar()
    if decision is None:
        raise Refused("registry.link_not_found")
    if verdict == "join":
        await tx.execute(_OTHERS_APART, {**values, **who})
    return {"dtsen": dtsen, "pk": pk, "decision": decision, "verdict": verdict}


def _must_review(caller: Caller) -> None:
    """Raise Refused("auth.forbidden") for who leads nobody."""
    if caller.role not in {Role.COORDINATOR, Role.SUPERVISOR}:
        raise Refused("auth.forbidden")


def _side(registry: Registry, row: Any) -> dict[str, Any]:
    record = registry.keyring.open(row.sealed, belongs_to=belongs_to(row.list, row.id))
    numbers = {name: masked(record[name]) if name in record else None for name in ("nik", "no_kk")}
    return {**{name: record.get(name) for name in _SHOWN}, **numbers, "village": row.region}
