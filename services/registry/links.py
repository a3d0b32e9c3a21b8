"""Pairs of the two lists: which may be one person, which count as one, and what people decide about them.

Whoever looks at a pair reads what the other agency's list says of somebody, so each look leaves a line. A verdict stays
whatever later lists say; it can be taken back, and nothing is lost by either: the lists themselves are not touched, and
neither is a family that was recorded, nor a referral that was made meanwhile.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from services.contracts.codes import Role
from services.contracts.ids import masked
from services.contracts.refusals import Refused
from services.kit.auth import Caller
from services.kit.database import Tx
from services.registry import reading, rights
from services.registry.context import Registry
from services.registry.importing.sealing import belongs_to

Verdict = Literal["join", "apart"]


class LinkState(StrEnum):
    """`review`: a person should look. `joined`: counts as one person. `apart`: a person said that they are two."""

    REVIEW = "review"
    JOINED = "joined"
    APART = "apart"


@dataclass(frozen=True, slots=True)
class Place:
    """A pair's place in its list: *after* it the next page begins."""

    score: float
    dtsen: str
    pk: str


_STATES = {
    # Whose row a person has joined with somebody is no question any more.
    LinkState.REVIEW: "decision = 'review' AND verdict IS NULL AND NOT EXISTS"
    " (SELECT FROM person_link AS other WHERE other.dtsen = link.dtsen AND other.verdict = 'join')",
    LinkState.JOINED: "EXISTS (SELECT FROM joined_person AS joined"
    " WHERE joined.dtsen = link.dtsen AND joined.pk = link.pk)",
    LinkState.APART: "verdict = 'apart'",
}
_PAGE = """
SELECT dtsen, pk, score, kind, evidence, region, verdict, decided_at FROM person_link AS link
WHERE {state} AND (region = :area OR region LIKE :area || '.%')
    AND (CAST(:family AS text) IS NULL OR pk IN (SELECT id FROM listed_person WHERE list = 'pk' AND family = :family)
        OR dtsen IN (SELECT id FROM listed_person WHERE list = 'dtsen' AND family = :family))
    AND (CAST(:score AS real) IS NULL OR ({sign} score, dtsen, pk) > ({sign} CAST(:score AS real), :dtsen, :pk))
ORDER BY {sign} score, dtsen, pk LIMIT :limit
"""
_SIGNS = {LinkState.REVIEW: "-"}
_PAGES = {
    state: text(_PAGE.format(state=condition, sign=_SIGNS.get(state, "+"))) for state, condition in _STATES.items()
}
_RECORDS = text("""
SELECT list, id, region, sealed FROM listed_person
WHERE (list = 'pk' AND id = ANY(:pk)) OR (list = 'dtsen' AND id = ANY(:dtsen))
""")
_DECIDE = text("""
UPDATE person_link SET verdict = :verdict, decided_by = :officer, decided_at = :now
WHERE dtsen = :dtsen AND pk = :pk AND (region = :area OR region LIKE :area || '.%')
RETURNING decision
""")
PURPOSE = "review_link"
LEAD = frozenset({Role.COORDINATOR, Role.SUPERVISOR})
_SHOWN = ("name", "birth_date", "sex", "relation", "address", "rt", "rw")


async def page(
    registry: Registry, tx: Tx, state: LinkState, family: str | None, caller: Caller, *, after: Place | None, limit: int
) -> list[dict[str, Any]]:
    """Return LinkViews as dicts: what is to be looked at the surest first, all else the least sure first.

    *family*: of one family only, as either list calls it.

    Leaves a line, so *tx* must be committed. Raises Refused("auth.forbidden") for who leads nobody.
    """
    _must_review(caller)
    place = {"score": after and after.score, "dtsen": after and after.dtsen, "pk": after and after.pk}
    values = {"area": rights.area(caller), "family": family, "limit": limit, **place}
    rows = (await tx.execute(_PAGES[state], values)).mappings().all()
    wanted = {"pk": [row["pk"] for row in rows], "dtsen": [row["dtsen"] for row in rows]}
    records = {(each.list, each.id): _side(registry, each) for each in await tx.execute(_RECORDS, wanted)}
    if rows:
        await reading.note(registry, tx, None, caller, PURPOSE, unmasked=False)
    return [
        {
            **row,
            "state": state,
            "surveyed": records.get(("pk", row["pk"])),
            "registered": records.get(("dtsen", row["dtsen"])),
        }
        for row in rows
    ]


async def decide(
    registry: Registry, tx: Tx, dtsen: str, pk: str, verdict: Verdict | None, caller: Caller
) -> dict[str, Any]:
    """Write down what the caller decided; None takes it back, and what was found counts again.

    Raises Refused: `registry.link_not_found`; `registry.link_taken` where a person joined that row with somebody else.
    """
    _must_review(caller)
    values = {"dtsen": dtsen, "pk": pk, "verdict": verdict, "area": rights.area(caller)}
    who = {"officer": caller.officer if verdict else None, "now": registry.now() if verdict else None}
    try:
        decision = (await tx.execute(_DECIDE, {**values, **who})).scalar()
    except IntegrityError:
        raise Refused("registry.link_taken") from None
    if decision is None:
        raise Refused("registry.link_not_found")
    return {"dtsen": dtsen, "pk": pk, "decision": decision, "verdict": verdict}


def _must_review(caller: Caller) -> None:
    """Raise Refused("auth.forbidden") for who leads nobody."""
    if caller.role not in LEAD:
        raise Refused("auth.forbidden")


def _side(registry: Registry, row: Any) -> dict[str, Any]:
    record = registry.keyring.open(row.sealed, belongs_to=belongs_to(row.list, row.id))
    numbers = {name: masked(record[name]) if name in record else None for name in ("nik", "no_kk")}
    return {**{name: record.get(name) for name in _SHOWN}, **numbers, "village": row.region}
