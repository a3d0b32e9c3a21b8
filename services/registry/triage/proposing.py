"""What one family may need: each service once, with the rule that says so, the most urgent first. Pure."""

from dataclasses import dataclass
from datetime import date

from services.contracts.codes import Level, Priority, Service
from services.registry.risk.krs import Group, Risk
from services.registry.risk.picture import FamilyPicture, quarter_of
from services.registry.triage.triage_map import Rank, Someone, TriageMap, TriageRule

_URGENCY = (Priority.URGENT, Priority.HIGH, Priority.NORMAL)
_GROUPS = {Someone.PREGNANT: Group.PUS_HAMIL, Someone.BADUTA: Group.BADUTA, Someone.COUPLE: Group.PUS}


@dataclass(frozen=True, slots=True)
class Proposal:
    """A service that the family may need, and the rule of the map that fired. Nothing is decided by it."""

    service: Service
    priority: Priority
    level: Level
    rule: str
    map_version: str


def propose(family: FamilyPicture, risk: Risk, rules: TriageMap, on: date) -> tuple[Proposal, ...]:
    """Return what *rules* propose for *family* on that day, less what it has and what it is referred for."""
    known = (family.assistance or frozenset()) | family.referred_for
    found: dict[Service, Proposal] = {}
    for rule in rules.rules:
        if rule.service not in known and rule.service not in found and _fires(rule, family, risk, rules, on):
            found[rule.service] = Proposal(rule.service, rule.priority, rule.level, rule.id, rules.version)
    return tuple(sorted(found.values(), key=lambda each: _URGENCY.index(each.priority)))


def _fires(rule: TriageRule, family: FamilyPicture, risk: Risk, rules: TriageMap, on: date) -> bool:
    assistance = family.assistance
    if (rule.without or rule.with_any) and assistance is None:
        return False
    return all((
        rule.at_risk is None or risk.at_risk is rule.at_risk,
        rule.desil_up_to is None or (family.desil is not None and family.desil <= rule.desil_up_to),
        rule.rank is None or rule.rank is _rank(family, on),
        not rule.someone or any(_is_there(each, family, risk, rules, on) for each in rule.someone),
        not rule.without & (assistance or frozenset()),
        not rule.with_any or bool(rule.with_any & (assistance or frozenset())),
        not rule.factors_any or bool(rule.factors_any & (risk.factors | risk.beside)),
    ))  # fmt: skip


def _rank(family: FamilyPicture, on: date) -> Rank:
    return Rank.CURRENT if family.desil_quarter == quarter_of(on) else Rank.STALE


def _is_there(someone: Someone, family: FamilyPicture, risk: Risk, rules: TriageMap, on: date) -> bool:
    if someone is Someone.CHILD:
        youngest, oldest = rules.child_years
        return any(youngest <= person.age(on) <= oldest for person in family.persons)
    return _GROUPS[someone] in risk.groups
