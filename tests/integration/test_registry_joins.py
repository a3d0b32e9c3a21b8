"""Joins of the two lists: each can be undone, in any order, and nothing of what was there before is lost."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deploy.local.parts import REGISTRY, part_settings
from services.contracts.wib import WIB
from services.kit.database import Database
from services.registry.importing.housekeeping import Housekeeping
from services.registry.importing.programs import Programs
from services.registry.importing.rows import Row
from services.registry.importing.sealing import COLUMNS, HEADER, TRAILER, Sealer
from services.registry.matching.renewing import concerned, renew
from services.registry.matching.replacing import Link, replace
from tests.integration.registry_fixtures import (
    DINSOS_PROVINCE,
    PKB_LEAD,
    TKSK,
    RunningRegistry,
    now,
    recorded,
    refusal,
    registry,
    until,
)
from tests.integration.test_registry_grants import BEGUN, life

__all__ = ["registry"]

TODAY = date(2026, 11, 20)
VILLAGE = "35.15.08.2001"
bounded = settings(max_examples=15, deadline=None, derandomize=True, database=None,
                   suppress_health_check=list(HealthCheck))  # fmt: skip

people = st.fixed_dictionaries({
    "sex": st.sampled_from(["female", "male"]), "relation": st.sampled_from(["head", "wife", "child"]),
    "birth_date": st.sampled_from(["1986-02-01", "2005-05-05", "2023-03-03", "2025-12-24"]),
    "pregnant": st.booleans(), "modern_contraception": st.booleans(), "water": st.sampled_from(["piped", "surface"]),
})  # fmt: skip
registered = st.fixed_dictionaries({
    "desil": st.integers(1, 10), "PKH": st.booleans(), "PBI-JK": st.booleans(),
})  # fmt: skip
Lists = tuple[list[dict[str, Any]], list[dict[str, Any]], list[Link]]


@st.composite
def two_lists(draw: st.DrawFn) -> Lists:
    """Return people of three families, rows of three families of the register, and links between them."""
    survey = [_record("pk", at, each) for at, each in enumerate(draw(st.lists(people, min_size=1, max_size=6)))]
    register = [_record("dtsen", at, each) for at, each in enumerate(draw(st.lists(registered, max_size=6)))]
    links = []
    for row in register:
        who = draw(st.none() | st.sampled_from(survey))
        if who is not None:
            decision = draw(st.sampled_from(["join", "join", "review"]))
            links.append((row["id"], who["id"], decision, 0.99, "nik", ["same NIK"], VILLAGE))
    return survey, register, links


def _record(name: str, at: int, fields: dict[str, Any]) -> dict[str, Any]:
    dated = "2026-08-01" if name == "pk" else "2026-Q4"
    return {"id": f"J-{name}-{at}", "family": f"J-{name}-family-{at % 3}", "name": "Contoh Warga", "village": VILLAGE,
            "dated": dated, **fields}  # fmt: skip


@given(lists=two_lists(), chance=st.randoms(use_true_random=False))
@bounded
def _undoing(registry: RunningRegistry, lists: Lists, chance: Any) -> None:
    *brought, links = lists
    with _connected(registry) as connection:
        _bring(connection, registry, *brought)
        apart = _laid(connection, registry, [])
        joined = _laid(connection, registry, links)
        counts = [(dtsen, pk) for dtsen, pk, decision, *_ in links if decision == "join"]
        for verdict, wanted in (("apart", apart), (None, joined)):
            chance.shuffle(counts)
            asyncio.run(_decided(registry, counts, verdict))
            assert _said(connection) == wanted


def test_undoing_every_join_gives_back_the_input_and_taking_that_back_gives_the_joins(
    registry: RunningRegistry,
) -> None:
    """After each verdict the families are written anew, one by one; it is what going through all of them says."""
    _undoing(registry)


@contextmanager
def _connected(registry: RunningRegistry) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(registry.database.url, autocommit=True) as connection:
        try:
            yield connection
        finally:
            connection.execute("DELETE FROM person_link WHERE pk LIKE 'J-%'")
            connection.execute("DELETE FROM candidate WHERE pk_family LIKE 'J-%'")
            connection.execute("DELETE FROM family_risk WHERE pk_family LIKE 'J-%'")
            connection.execute("DELETE FROM listed_person WHERE id LIKE 'J-%'")


def _bring(
    connection: psycopg.Connection[Any],
    registry: RunningRegistry,
    survey: Sequence[dict[str, Any]],
    register: Sequence[dict[str, Any]],
) -> None:
    for name, records in (("pk", survey), ("dtsen", register)):
        sealer = Sealer(registry.keyring, name, uuid4())
        rows = [Row(record, date(2026, 8, 1)) for record in records]
        copy = f"COPY listed_person ({', '.join(COLUMNS)}) FROM STDIN (FORMAT binary)"
        with connection.cursor().copy(copy) as into:
            into.write(HEADER + sealer(rows) + TRAILER)


def _laid(connection: psycopg.Connection[Any], registry: RunningRegistry, links: list[Link]) -> list[Any]:
    with connection.transaction():
        replace(connection, registry.keyring, links, TODAY)
    return _said(connection)


def _said(connection: psycopg.Connection[Any]) -> list[Any]:
    """Return all that the lists say: themselves, the risk of families, and what is proposed."""
    statements = (
        "SELECT list, id, content_hash FROM listed_person WHERE id LIKE 'J-%' ORDER BY 1, 2",
        "SELECT * FROM family_risk WHERE pk_family LIKE 'J-%' ORDER BY pk_family",
        "SELECT * FROM candidate WHERE pk_family LIKE 'J-%' ORDER BY family, service",
    )
    return [connection.execute(statement).fetchall() for statement in statements]


async def _decided(registry: RunningRegistry, pairs: Iterable[tuple[str, str]], verdict: str | None) -> None:
    database = Database(registry.database.url, pool=1)
    try:
        for dtsen, pk in pairs:
            async with database.begin() as tx:
                before = await concerned(tx, dtsen, pk)
                await tx.exec_driver_sql(
                    "UPDATE person_link SET verdict = %s WHERE dtsen = %s AND pk = %s", (verdict, dtsen, pk)
                )
                assert await renew(tx, registry.keyring, [*before, *await concerned(tx, dtsen, pk)], TODAY)
    finally:
        await database.close()


async def test_a_row_of_the_register_is_joined_by_people_with_one_person_only(registry: RunningRegistry) -> None:
    rows = [("J-one-row", f"J-person-{at}") for at in range(2)]
    for dtsen, pk in rows:
        await registry.rows(
            "INSERT INTO person_link (dtsen, pk, decision, score, kind, evidence, region)"
            " VALUES (:dtsen, :pk, 'review', 0.5, 'probable', '{}', :region)", dtsen=dtsen, pk=pk, region=VILLAGE,
        )  # fmt: skip
    first, second = (f"/links/{dtsen}/{pk}" for dtsen, pk in rows)
    try:
        assert (await registry.post(first, PKB_LEAD, {"verdict": "join"})).status_code == 200
        assert refusal(await registry.post(second, DINSOS_PROVINCE, {"verdict": "join"})) == (
            409, "registry.link_taken",
        )  # fmt: skip
        await registry.post(first, PKB_LEAD, {"verdict": None})
        assert (await registry.post(second, DINSOS_PROVINCE, {"verdict": "join"})).status_code == 200
    finally:
        await registry.rows("DELETE FROM person_link WHERE dtsen = 'J-one-row'")


async def test_two_recorded_families_that_turn_out_to_be_one_keep_both_referrals_and_are_shown(
    registry: RunningRegistry,
) -> None:
    """Invariant 7: both stay, flagged, and undoing the join takes the flag away."""
    woman = {"sex": "female", "relation": "wife", "birth_date": "1990-02-01"}
    survey = [_record("pk", 0, woman) | {"id": f"J-pk-{at}", "family": "J-one-home"} for at in range(2)]
    register = [_record("dtsen", at, {}) for at in range(2)]
    numbers = [f"NYK-2026-999000{at}" for at in range(2)]
    with _connected(registry) as connection:
        _bring(connection, registry, survey, register)
        for at, row in enumerate(register):
            family = (await recorded(registry, TKSK))["id"]
            await registry.rows(
                "INSERT INTO recorded_family (agency, list_family, family) VALUES ('dinsos', :name, :family)",
                name=row["family"], family=family,
            )  # fmt: skip
            connection.execute(
                "INSERT INTO person_link (dtsen, pk, decision, score, kind, evidence, region)"
                " VALUES (%s, %s, 'join', 0.99, 'nik', '{}', %s)", (row["id"], survey[at]["id"], VILLAGE),
            )  # fmt: skip
            await registry.hear(life(family, BEGUN, number=numbers[at]))

        async def twice() -> list[list[str]]:
            found = (await registry.get("/links/twice", DINSOS_PROVINCE)).json()["twice"]
            return [each["numbers"] for each in found if each["service"] == "TPK-DAMPING"]

        pair = f"/links/{register[0]['id']}/{survey[0]['id']}"
        assert await twice() == [numbers]
        undone = (await registry.post(pair, DINSOS_PROVINCE, {"verdict": "apart"})).json()
        assert [each["number"] for each in undone["referrals"]] == numbers[:1]
        assert await twice() == []
        await registry.post(pair, DINSOS_PROVINCE, {"verdict": None})
        assert await twice() == [numbers]
        assert refusal(await registry.get("/links/twice", TKSK)) == (403, "auth.forbidden")


async def test_a_family_that_was_assessed_yesterday_is_assessed_again_today(
    registry: RunningRegistry, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stack = registry.stack
    for name, value in part_settings(REGISTRY, stack.home, stack.ports, stack.servers, demo=False).items():
        monkeypatch.setenv(name, value)
    programs = Programs(registry.database, match_after=False)
    housekeeping = Housekeeping(registry.database, tmp_path, programs, now, daily=True, keep=timedelta(days=30))
    woman = {"sex": "female", "relation": "wife", "birth_date": "1990-02-01"}
    with _connected(registry) as connection:
        _bring(connection, registry, [_record("pk", 0, woman)], [])
        _laid(connection, registry, [])
        await registry.rows("UPDATE family_risk SET assessed_on = assessed_on - 400 WHERE pk_family LIKE 'J-%'")
        await housekeeping.renew()

        async def assessed_today() -> bool:
            rows = await registry.rows("SELECT assessed_on FROM family_risk WHERE pk_family LIKE 'J-%'")
            return {row.assessed_on for row in rows} == {now().astimezone(WIB).date()}

        await until(assessed_today)
        await programs.close()


async def test_pages_of_pairs_name_each_pair_once(registry: RunningRegistry) -> None:
    wanted = {(f"J-row-{at}", f"J-person-{at}") for at in range(7)}
    for at, (dtsen, pk) in enumerate(sorted(wanted)):
        await registry.rows(
            "INSERT INTO person_link (dtsen, pk, decision, score, kind, evidence, region)"
            " VALUES (:dtsen, :pk, 'review', :score, 'probable', '{}', '35.99.01.2001')",
            dtsen=dtsen, pk=pk, score=(0.1, 0.123456, 1)[at % 3],
        )  # fmt: skip
    found: list[tuple[str, str]] = []
    after: str | None = None
    try:
        while True:
            page = (
                await registry.get("/links", DINSOS_PROVINCE, limit=3, **({"after": after} if after else {}))
            ).json()
            found += [(each["dtsen"], each["pk"]) for each in page["links"]]
            after = page["next"]
            if after is None:
                break
        assert len(found) == len(set(found))
        assert wanted <= set(found)
    finally:
        await registry.rows("DELETE FROM person_link WHERE dtsen LIKE 'J-row-%'")
