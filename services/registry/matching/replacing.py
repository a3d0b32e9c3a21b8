"""What the lists say together, written in place of what was said before: all of it in one transaction."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from services.contracts.codes import Agency, Priority
from services.kit.crypto import Keyring
from services.registry.matching.families import Registered, Surveyed, by_family, family_id, registered
from services.registry.matching.lists import records
from services.registry.risk.difference import Difference
from services.registry.risk.krs import Risk, assess
from services.registry.risk.rule import coming
from services.registry.risk.rule import in_force as rule_in_force
from services.registry.triage.proposing import propose
from services.registry.triage.triage_map import in_force as map_in_force

_URGENCY = {Priority.URGENT: 0, Priority.HIGH: 1, Priority.NORMAL: 2}
_RECORDED = "SELECT agency, list_family, family FROM recorded_family"
_VERDICTS = "SELECT pk, dtsen, verdict FROM person_link WHERE verdict IS NOT NULL"
# Not TRUNCATE: it would keep everybody waiting who looks at the candidates meanwhile.
_FORGET = """
DELETE FROM person_link WHERE verdict IS NULL;
DELETE FROM family_risk;
DELETE FROM risk_difference;
DELETE FROM candidate;
"""
_LINKS = "person_link (dtsen, pk, decision, score, kind, evidence, region)"
_RISKS = "family_risk (pk_family, region, rule_version, assessed_on, groups, factors, beside, unknown, desil, at_risk)"
_CANDIDATES = "candidate (family, service, agency, list, list_family, region, urgency, priority, rule, map_version)"
_DIFFERENCE = "INSERT INTO risk_difference (version, valid_from, compared_with, report) VALUES (%s, %s, %s, %s)"

Link = tuple[str, str, str, float, str, list[str], str]
"""Register, survey, decision, score, kind, evidence, village."""
Recorded = Mapping[tuple[str, str], UUID]
"""The recorded family, by agency and what that agency's list calls it."""


@dataclass
class Assessed:
    """What came out of going through all families. *differences*: what each rule that is to come would change."""

    families: int = 0
    at_risk: int = 0
    candidates: dict[tuple[Any, ...], tuple[Any, ...]] = field(default_factory=dict)
    differences: dict[str, Difference] = field(default_factory=dict)


def replace(
    connection: psycopg.Connection[Any],
    reading: psycopg.Connection[Any],
    keyring: Keyring,
    links: list[Link],
    today: date,
) -> dict[str, int]:
    """Write links, risks and candidates anew, within the transaction of *connection*; *reading* is another one.

    Returns how many there are of each.
    """
    joined, fresh = _write_links(connection, links)
    said = _register(reading, keyring, joined)
    recorded: Recorded = {(row[0], row[1]): row[2] for row in connection.execute(_RECORDED)}
    surveyed = _with_register(by_family(records(reading, keyring, "pk")), said)
    found = _write_risks(connection, surveyed, recorded, today)
    with connection.cursor().copy(f"COPY {_CANDIDATES} FROM STDIN") as copy:
        for row in found.candidates.values():
            copy.write_row(row)
    _write_differences(connection, found, today)
    return {
        "links": fresh, "families": found.families, "at_risk": found.at_risk, "candidates": len(found.candidates),
    }  # fmt: skip


def _write_links(connection: psycopg.Connection[Any], links: list[Link]) -> tuple[dict[str, str], int]:
    """Return who of the survey each row of the register is; what a person decided wins over what was found."""
    verdicts = {(row[0], row[1]): row[2] for row in connection.execute(_VERDICTS)}
    connection.execute(_FORGET)
    fresh = [link for link in links if (link[1], link[0]) not in verdicts]
    with connection.cursor().copy(f"COPY {_LINKS} FROM STDIN") as copy:
        for link in fresh:
            copy.write_row(link)
    decided = {dtsen: pk for (pk, dtsen), verdict in verdicts.items() if verdict == "join"}
    return {dtsen: pk for dtsen, pk, decision, *_ in fresh if decision == "join"} | decided, len(fresh)


def _register(
    reading: psycopg.Connection[Any], keyring: Keyring, joined: Mapping[str, str]
) -> dict[str, list[Registered]]:
    """Return what the register says, by the person of the survey who was joined with it."""
    allowance = {record.get("nik") for page in records(reading, keyring, "pkh") for record in page} - {None}
    said: dict[str, list[Registered]] = {}
    for page in records(reading, keyring, "dtsen"):
        for record in page:
            if person := joined.get(record["id"]):
                said.setdefault(person, []).append(registered(record, record.get("nik") in allowance))
    return said


def _with_register(families: Iterable[Surveyed], said: Mapping[str, list[Registered]]) -> Iterator[Surveyed]:
    for family in families:
        for record in family.records:
            family.registered += said.get(record["id"], [])
        yield family


def _write_risks(
    connection: psycopg.Connection[Any], families: Iterable[Surveyed], recorded: Recorded, today: date
) -> Assessed:
    """Assess each family, by the rule in force and by those to come, and propose; write what the first says."""
    rule, later = rule_in_force(today), coming(today)
    found = Assessed(differences={each.version: Difference() for each in later})
    with connection.cursor().copy(f"COPY {_RISKS} FROM STDIN") as copy:
        for family in families:
            picture = family.picture()
            risk = assess(picture, rule, today)
            copy.write_row(_risk_row(family, risk, today))
            found.families, found.at_risk = found.families + 1, found.at_risk + risk.at_risk
            found.candidates |= {row[:2]: row for row in _candidate_rows(family, risk, recorded, today)}
            for other in later:
                found.differences[other.version].add(
                    family_id(Agency.BKKBN, family.code), risk, assess(picture, other, today)
                )
    return found


def _write_differences(connection: psycopg.Connection[Any], found: Assessed, today: date) -> None:
    now = rule_in_force(today)
    for other in coming(today):
        report = Jsonb(found.differences[other.version].as_json())
        connection.execute(_DIFFERENCE, [other.version, other.valid_from, now.version, report])


def _risk_row(family: Surveyed, risk: Risk, today: date) -> tuple[Any, ...]:
    sets = (risk.groups, risk.factors, risk.beside, risk.unknown)
    return (family.code, family.region, risk.version, today, *(sorted(each) for each in sets), risk.desil, risk.at_risk)


def _candidate_rows(family: Surveyed, risk: Risk, recorded: Recorded, today: date) -> Iterator[tuple[Any, ...]]:
    """Yield what may be proposed, each for the agency that would send it, as its own list knows the family."""
    for each in propose(family.picture(), risk, map_in_force(today), today):
        sender = each.service.agency.other
        list_name, code = ("pk", family.code) if sender is Agency.BKKBN else ("dtsen", family.registered[0].family)
        known = recorded.get((sender.value, code)) or family_id(sender, code)
        yield (known, each.service.value, sender.value, list_name, code, family.region,
               _URGENCY[each.priority], each.priority.value, each.rule, each.map_version)  # fmt: skip
