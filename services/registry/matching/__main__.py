"""Lays the lists on each other and ends: `python -m services.registry.matching`. Several wait for each other."""

import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb
import psycopg
import structlog

from services.contracts.codes import Agency, Priority
from services.contracts.wib import WIB
from services.kit.clock import system_clock
from services.kit.crypto import Keyring
from services.kit.logging import configure_logging
from services.registry.linking.deciding import link_lists
from services.registry.linking.reading import MEMORY
from services.registry.linking.shape import append, create
from services.registry.linking.writing import decided_links
from services.registry.matching.families import Registered, Surveyed, by_family, family_id, registered
from services.registry.matching.lists import records
from services.registry.risk.krs import Risk, assess
from services.registry.risk.rule import in_force as rule_in_force
from services.registry.settings import RegistrySettings
from services.registry.triage.proposing import propose
from services.registry.triage.triage_map import in_force as map_in_force

log = structlog.get_logger()

_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('registry.matching', 0))"
_URGENCY = {Priority.URGENT: 0, Priority.HIGH: 1, Priority.NORMAL: 2}
_RECORDED = "SELECT agency, list_family, family FROM recorded_family"
_VERDICTS = "SELECT pk, dtsen, verdict FROM person_link WHERE verdict IS NOT NULL"
# Not TRUNCATE: it would keep everybody waiting who looks at the candidates meanwhile.
_FORGET = """
DELETE FROM person_link WHERE verdict IS NULL;
DELETE FROM family_risk;
DELETE FROM candidate;
"""
_LINKS = "person_link (dtsen, pk, decision, score, kind, evidence, region)"
_RISKS = "family_risk (pk_family, region, rule_version, assessed_on, groups, factors, beside, unknown, desil, at_risk)"
_CANDIDATES = "candidate (family, service, agency, list, list_family, region, urgency, priority, rule, map_version)"

Link = tuple[str, str, str, float, str, list[str], str]
"""Register, survey, decision, score, kind, evidence, village."""


def main() -> int:
    settings = RegistrySettings()
    configure_logging("registry", settings.log_format, settings.log_level)
    keyring = Keyring.load(settings.keyring)
    today = system_clock(settings.clock_offset_seconds)().astimezone(WIB).date()
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="nyekrup-match-") as scratch,
        psycopg.connect(settings.database_url) as connection,
        psycopg.connect(settings.database_url, autocommit=True) as reading,
    ):
        connection.execute(_ONE_AT_A_TIME)
        links = _links(reading, keyring, Path(scratch))
        counts = _replace(connection, reading, keyring, links, today)
    log.info("lists.matched", took_seconds=round(time.monotonic() - began, 1), **counts)
    return 0


def _links(reading: psycopg.Connection[Any], keyring: Keyring, scratch: Path) -> list[Link]:
    """Return every link between the survey and the register, as if nobody had decided about any yet."""
    config: dict[str, Any] = {"memory_limit": MEMORY, "temp_directory": str(scratch), "threads": "2"}
    with duckdb.connect(str(scratch / "lists.duckdb"), config=config) as duck:
        for name in ("pk", "dtsen"):
            create(duck, name)
            rows = 0
            for page in records(reading, keyring, name):
                append(duck, name, page)
                rows += len(page)
            if not rows:
                return []
        link_lists(duck, lambda **step: log.info("lists.matching", **step))
        return decided_links(duck)


def _replace(
    connection: psycopg.Connection[Any],
    reading: psycopg.Connection[Any],
    keyring: Keyring,
    links: list[Link],
    today: date,
) -> dict[str, int]:
    """Write links, risks and candidates anew, within the transaction of *connection*."""
    verdicts = {(row[0], row[1]): row[2] for row in connection.execute(_VERDICTS)}
    connection.execute(_FORGET)
    fresh = [link for link in links if (link[1], link[0]) not in verdicts]
    with connection.cursor().copy(f"COPY {_LINKS} FROM STDIN") as copy:
        for link in fresh:
            copy.write_row(link)
    joined: dict[str, str] = {dtsen: pk for dtsen, pk, decision, *_ in fresh if decision == "join"}
    joined |= {dtsen: pk for (pk, dtsen), verdict in verdicts.items() if verdict == "join"}
    said = _register(reading, keyring, joined)
    recorded = {(row[0], row[1]): row[2] for row in connection.execute(_RECORDED)}
    proposed: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    families = at_risk = 0
    with connection.cursor().copy(f"COPY {_RISKS} FROM STDIN") as copy:
        for family, risk in _judged(by_family(records(reading, keyring, "pk")), said, today):
            copy.write_row(_risk_row(family, risk, today))
            proposed |= {row[:2]: row for row in _candidate_rows(family, risk, recorded, today)}
            families, at_risk = families + 1, at_risk + risk.at_risk
    with connection.cursor().copy(f"COPY {_CANDIDATES} FROM STDIN") as copy:
        for row in proposed.values():
            copy.write_row(row)
    return {"links": len(fresh), "families": families, "at_risk": at_risk, "candidates": len(proposed)}


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


def _judged(
    families: Iterable[Surveyed], said: Mapping[str, list[Registered]], today: date
) -> Iterator[tuple[Surveyed, Risk]]:
    rule = rule_in_force(today)
    for family in families:
        for record in family.records:
            family.registered += said.get(record["id"], [])
        yield family, assess(family.picture(), rule, today)


def _risk_row(family: Surveyed, risk: Risk, today: date) -> tuple[Any, ...]:
    sets = (risk.groups, risk.factors, risk.beside, risk.unknown)
    return (family.code, family.region, risk.version, today, *(sorted(each) for each in sets), risk.desil, risk.at_risk)


def _candidate_rows(
    family: Surveyed, risk: Risk, recorded: Mapping[tuple[str, str], UUID], today: date
) -> Iterator[tuple[Any, ...]]:
    """Yield what may be proposed, each for the agency that would send it, as its own list knows the family."""
    for each in propose(family.picture(), risk, map_in_force(today), today):
        sender = each.service.agency.other
        list_name, code = ("pk", family.code) if sender is Agency.BKKBN else ("dtsen", family.registered[0].family)
        known = recorded.get((sender.value, code)) or family_id(sender, code)
        yield (known, each.service.value, sender.value, list_name, code, family.region,
               _URGENCY[each.priority], each.priority.value, each.rule, each.map_version)  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
