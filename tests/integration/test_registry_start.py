"""What is there after the first start, and that a second one changes nothing."""

import asyncio
import base64
import json
import stat
from pathlib import Path

from services.contracts.codes import Service
from services.contracts.ids import UnitId
from services.kit.auth import Verifier
from services.registry import demo
from services.registry.context import Registry
from services.registry.offices import every
from services.registry.passwords import Passwords
from services.registry.seeding import seed
from services.registry.tables import Base
from services.registry.units import all_units
from tests.integration.registry_fixtures import (
    BKKBN_KAB,
    DINSOS_KAB,
    DPO,
    OPERATOR,
    PKB,
    TKSK,
    TKSK_LEAD,
    TPK,
    RunningRegistry,
    now,
    registry,
    until,
)

__all__ = ["registry"]

NEWCOMER = "D-UPT-PSBR-JOMBANG-01"
OTHER = "D-UPT-PSBR-JOMBANG-02"
UNIT_FACTS = (
    "SELECT count(*) FROM outbox WHERE convert_from(body, 'UTF8')::jsonb ->> 'type' = 'registry.unit_changed.v1'"
)


async def made_accounts(registry: RunningRegistry, file: Path, listed: list[dict[str, str]]) -> list[dict[str, str]]:
    """Start a demo whose file has *listed*, and return what it has then."""
    await asyncio.to_thread(file.write_text, json.dumps(listed))
    verifier = Verifier(registry.stack.home.jwks, now=now)
    part = Registry(registry.database, registry.keyring, registry.signer, verifier, Passwords(), now, 10)
    await demo.make_accounts(part, file)
    accounts: list[dict[str, str]] = json.loads(await asyncio.to_thread(file.read_text))
    return accounts


async def unit_facts(registry: RunningRegistry) -> int:
    count: int = (await registry.rows(UNIT_FACTS))[0][0]
    return count


async def test_the_first_start_brings_9199_areas_and_1418_units_and_tells_of_each_unit_once(
    registry: RunningRegistry,
) -> None:
    units = [unit.id for unit in all_units()]  # another test may have opened more
    assert (await registry.rows("SELECT count(*) FROM region WHERE valid_from IS NULL"))[0][0] == 9_199
    assert (await registry.rows("SELECT count(*) FROM unit WHERE id = ANY(:units)", units=units))[0][0] == 1_418
    first = f"{UNIT_FACTS} AND version = 1 AND aggregate = ANY(:units)"
    assert (await registry.rows(first, units=units))[0][0] == 1_418
    distinct = first.replace("count(*)", "count(DISTINCT aggregate)")
    assert (await registry.rows(distinct, units=units))[0][0] == 1_418


async def test_every_fact_reaches_the_stream(registry: RunningRegistry) -> None:
    async def all_published() -> bool:
        waiting = await registry.rows("SELECT count(*) FROM outbox WHERE stream_id IS NULL")
        return bool(waiting[0][0] == 0)

    await until(all_published)
    written = (await registry.rows("SELECT count(*) FROM outbox"))[0][0]
    assert await registry.streams.xlen("registry") == written


async def test_seeding_again_changes_nothing_and_keeps_the_places_that_a_person_has_set(
    registry: RunningRegistry,
) -> None:
    path = "/units/dinsos-35/places/ASPD"
    operator_set = await registry.send("PUT", path, OPERATOR, {"limit": 4_321})
    assert operator_set.status_code == 200, operator_set.text
    before = await unit_facts(registry)
    await seed(registry.database, now())
    assert await unit_facts(registry) == before
    async with registry.database.read() as tx:
        assert (await every(tx))[UnitId("dinsos-35")].places[Service.ASPD] == 4_321


async def test_a_unit_that_differs_from_the_data_files_is_made_right_and_told_of(registry: RunningRegistry) -> None:
    await registry.rows("UPDATE unit SET title = 'another', active = false WHERE id = 'bkkbn-35.78.01'")
    await registry.rows("DELETE FROM offer WHERE unit = 'bkkbn-35.78.01' AND service = 'KIE'")
    await seed(registry.database, now())
    newest = (await registry.facts("unit_changed", "bkkbn-35.78.01"))[-1]
    assert (newest["version"], newest["active"], "KIE" in newest["services"]) == (2, True, True)
    assert newest["title"] != "another"


async def test_an_area_that_no_list_names_any_more_ends_and_a_new_name_is_taken_over(registry: RunningRegistry) -> None:
    await registry.rows("INSERT INTO region (code, name, level, parent) VALUES ('35.99', 'Lama', 'kabkota', '35')")
    await registry.rows("UPDATE region SET name = 'Nama Lama' WHERE code = '35.15.08'")
    await seed(registry.database, now())
    assert (await registry.rows("SELECT valid_to FROM region WHERE code = '35.99'"))[0].valid_to is not None
    assert (await registry.get("/regions/35.15.08", TKSK)).json()["name"] == "Sidoarjo"
    await registry.rows("DELETE FROM region WHERE code = '35.99'")


async def test_the_demo_has_both_desks_of_a_kecamatan_everybody_above_them_and_an_institution(
    registry: RunningRegistry,
) -> None:
    file = registry.stack.home.path / "demo-accounts.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    people = {account["staff_no"]: (account["unit"], account["role"]) for account in json.loads(file.read_text())}
    assert len(people) == 17
    assert people[TKSK] == ("dinsos-35.15.08", "officer")
    assert people[TKSK_LEAD] == ("dinsos-35.15.08", "supervisor")
    assert people[PKB] == ("bkkbn-35.15.08", "officer")
    assert people[DINSOS_KAB] == ("dinsos-35.15", "coordinator")
    assert people[BKKBN_KAB] == ("bkkbn-35.15", "coordinator")
    assert people[OPERATOR] == ("dinsos-35", "operator")
    assert people[DPO] == ("dinsos-35", "dpo")
    assert people["D-UPT-PSBR-JOMBANG-02"] == ("upt-psbr-jombang", "supervisor")
    assert registry.callers[TPK].village == "35.15.08.2001"


async def test_people_who_are_new_in_a_release_join_the_demo_of_an_earlier_one(
    registry: RunningRegistry, tmp_path: Path
) -> None:
    listed = json.loads((registry.stack.home.path / "demo-accounts.json").read_text())
    earlier = [each for each in listed if each["staff_no"] != NEWCOMER]
    joined = await made_accounts(registry, tmp_path / "demo-accounts.json", earlier)
    assert joined[:-1] == earlier
    assert joined[-1]["staff_no"] == NEWCOMER
    assert (await registry.sign_in(NEWCOMER, joined[-1]["password"])).status_code == 200
    assert (await registry.sign_in(TKSK)).status_code == 200


async def test_a_demo_whose_database_is_new_takes_the_passwords_that_are_in_its_file(
    registry: RunningRegistry, tmp_path: Path
) -> None:
    listed = json.loads((registry.stack.home.path / "demo-accounts.json").read_text())
    await registry.rows(f"UPDATE officer SET staff_no = 'D-WHO-WAS-THERE' WHERE staff_no = '{OTHER}'")
    assert await made_accounts(registry, tmp_path / "demo-accounts.json", listed) == listed
    password = next(each["password"] for each in listed if each["staff_no"] == OTHER)
    assert (await registry.sign_in(OTHER, password)).status_code == 200


async def test_an_officers_contact_travels_sealed_and_only_the_keyring_opens_it(registry: RunningRegistry) -> None:
    officer = registry.callers[PKB].officer
    fact = (await registry.facts("officer_changed", officer))[0]
    assert (fact["staff_no"], fact["unit"], fact["role"], fact["language"]) == (PKB, "bkkbn-35.15.08", "officer", "id")
    contact = registry.keyring.open(base64.b64decode(fact["contact"]), belongs_to=f"contact/{officer}")
    assert contact == {"email": "b-35.15.08-01@bkkbn.example", "name": "Petugas PKB Kecamatan Sidoarjo"}


async def test_the_tables_are_what_the_migrations_make(registry: RunningRegistry) -> None:
    columns = await registry.rows(
        "SELECT table_name, column_name, is_nullable = 'YES' AS nullable FROM information_schema.columns"
        " JOIN information_schema.tables USING (table_schema, table_name) WHERE table_type = 'BASE TABLE' AND"
        " table_schema = 'registry' AND table_name NOT IN"
        " ('outbox', 'inbox', 'idempotency', 'repair_note', 'alembic_version')"
    )
    declared = {
        (table.name, column.name, bool(column.nullable))
        for table in Base.metadata.tables.values()
        for column in table.columns
    }
    assert {tuple(row) for row in columns} == declared
