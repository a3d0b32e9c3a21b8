"""What is written of one surveyed family: its risk, and the services proposed for it. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from services.contracts.codes import Agency, Priority
from services.registry.matching.families import Surveyed, family_id
from services.registry.risk.krs import Risk
from services.registry.triage.proposing import propose
from services.registry.triage.triage_map import in_force

RISK = (
    "pk_family", "region", "rule_version", "assessed_on", "groups", "factors", "beside", "unknown", "desil", "at_risk",
)  # fmt: skip
CANDIDATE = (
    "family", "service", "agency", "list", "list_family", "region", "urgency", "priority", "rule", "map_version",
    "pk_family",
)  # fmt: skip
_URGENCY = {Priority.URGENT: 0, Priority.HIGH: 1, Priority.NORMAL: 2}
INSERT_RISK = f"INSERT INTO family_risk ({', '.join(RISK)}) VALUES ({', '.join(['%s'] * len(RISK))})"
_CHANGED = ", ".join(f"{name} = excluded.{name}" for name in CANDIDATE[2:])
# Two families of the survey can be one in the register: of both the last one's word counts, whoever comes first.
INSERT_CANDIDATE = (
    f"INSERT INTO candidate ({', '.join(CANDIDATE)}) VALUES ({', '.join(['%s'] * len(CANDIDATE))})"
    f" ON CONFLICT (family, service) DO UPDATE SET {_CHANGED} WHERE candidate.pk_family <= excluded.pk_family"
)

Recorded = Mapping[tuple[str, str], UUID]
"""The recorded family, by agency and what that agency's list calls it."""


def risk_row(family: Surveyed, risk: Risk, today: date) -> tuple[Any, ...]:
    """Return the row of `family_risk`, in the order of RISK."""
    sets = (risk.groups, risk.factors, risk.beside, risk.unknown)
    return (family.code, family.region, risk.version, today, *(sorted(each) for each in sets), risk.desil, risk.at_risk)


def candidate_rows(family: Surveyed, risk: Risk, recorded: Recorded, today: date) -> Iterator[tuple[Any, ...]]:
    """Yield what may be proposed, in the order of CANDIDATE: each for the agency that would send it, as its own list
    knows the family."""
    for each in propose(family.picture(), risk, in_force(today), today):
        sender = each.service.referred_by
        list_name, code = ("pk", family.code) if sender is Agency.BKKBN else ("dtsen", family.registered[0].family)
        known = recorded.get((sender.value, code)) or family_id(sender, code)
        yield (known, each.service.value, sender.value, list_name, code, family.region,
               _URGENCY[each.priority], each.priority.value, each.rule, each.map_version, family.code)  # fmt: skip
