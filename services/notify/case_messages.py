"""What was told of one case: to which desk, by which channel, and whether it arrived. No names and no addresses.

Whoever has a part in the case may look, by the rule of the record; it is judged by what was heard of the case
and of who works where. Everybody else gets 404.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from services.contracts.cases import CaseKind
from services.contracts.codes import Role
from services.contracts.ids import UnitId
from services.contracts.refusals import Refused
from services.kit.auth import Caller
from services.kit.http import Answered
from services.notify.domain import Channel
from services.notify.house import House
from services.notify.people import staff_of
from services.notify.staff import CASEWORKERS, Case, Officer, Staff

MOST: Final = 500
_NOT_FOUND: Final[Mapping[CaseKind, str]] = {
    CaseKind.REFERRAL: "referral.not_found",
    CaseKind.SPEAKER: "speaking.not_found",
}
_CASE: Final = text(
    "SELECT unit_from, unit_to, assignee, region, restricted FROM seen WHERE referral = :case AND kind = :kind"
)
# What a morning mail carries is as far as that mail is.
_TOLD: Final = text("""
SELECT version, fact, channel, unit, role, delivery, count(*) AS people, min(at) AS at, max(sent_at) AS sent_at
FROM (
    SELECT message.version, message.fact, message.channel, message.unit, message.role, message.created_at AS at,
        coalesce(mail.sent_at, message.sent_at) AS sent_at,
        CASE WHEN coalesce(mail.status, message.status) = 'sent' THEN 'delivered'
            WHEN coalesce(mail.status, message.status) IN ('waiting', 'sending', 'bundled') THEN 'waiting'
            WHEN coalesce(mail.status, message.status) = 'cancelled' THEN 'dropped' ELSE 'failed' END AS delivery
    FROM message LEFT JOIN message AS mail ON mail.id = message.bundle WHERE message.referral = :case
) AS told
GROUP BY version, fact, channel, unit, role, delivery ORDER BY version DESC, channel, unit, role LIMIT :most
""")


class Delivery(StrEnum):
    """`dropped`: it was no longer true, or the family had withdrawn its consent. `failed`: or perhaps."""

    DELIVERED = "delivered"
    WAITING = "waiting"
    FAILED = "failed"
    DROPPED = "dropped"


class ToldView(Answered):
    """*people* of a desk were told of the event that made *version* of the case. `unit` None: a chat room."""

    version: int
    fact: str
    channel: Channel
    unit: UnitId | None
    role: Role | None
    people: int
    delivery: Delivery
    at: datetime
    sent_at: datetime | None


async def told(house: House, kind: CaseKind, case: UUID, caller: Caller) -> list[dict[str, Any]]:
    """Return ToldViews as dicts, newest event first. Raises Refused of the kind's *not_found* for strangers."""
    async with house.database.read() as tx:
        row = (await tx.execute(_CASE, {"case": case, "kind": kind})).mappings().one_or_none()
        if row is None or row["unit_from"] is None:
            raise Refused(_NOT_FOUND[kind])
        sides = [unit for unit in (row["unit_from"], row["unit_to"]) if unit]
        if not may_look(caller, dict(row), await staff_of(tx, sides)):
            raise Refused(_NOT_FOUND[kind])
        lines = (await tx.execute(_TOLD, {"case": case, "most": MOST})).mappings()
        return [dict(line) for line in lines]


def may_look(caller: Caller, seen: Mapping[str, Any], staff: Staff) -> bool:
    """Return whether *caller* may see more of the case in *seen* than its number and clocks. Pure."""
    if caller.role in {Role.DPO, Role.OPERATOR}:
        return True
    sides = [unit for unit in (seen["unit_from"], seen["unit_to"]) if unit]
    case = Case(seen["region"], seen["restricted"], seen["assignee"])
    if not Officer(caller.officer, caller.unit, caller.role, caller.village).sees(case):
        return False
    if any(staff.leads(caller, unit) for unit in sides):
        return True
    own = caller.role in CASEWORKERS and caller.unit in sides
    return own and (not case.restricted or caller.officer == case.assignee)
