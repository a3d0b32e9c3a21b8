import sysconfig
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from deploy.local.stack import Stack
from services.kit.crypto import Keyring
from services.kit.database import Database
from services.kit.migrations import migrate
from services.referral import usecases, world
from services.registry.seeding import seed
from tests.unit.scenes import EVERYBODY, OFFICES
from tests.workflow.clocked import STANDARD, Clocked, Moment, clocked

ROOT = Path(__file__).parents[2]
SERVER = str(Path(sysconfig.get_path("scripts")) / "temporal-test-server")


@pytest.fixture(scope="session")
async def registry_database(servers: Stack) -> AsyncIterator[Database]:
    """The registry's schema with East Java's real offices."""
    url = servers.servers.database_url("registry")
    migrate(url, ROOT / "services/registry/migrations")
    database = Database(url, pool=4)
    await seed(database, datetime.now(UTC))
    yield database
    await database.close()


@pytest.fixture(scope="session")
async def record(servers: Stack) -> AsyncIterator[usecases.Record]:
    """The record's schema with the pilot offices, all staffed."""
    url = servers.servers.database_url("referral")
    migrate(url, ROOT / "services/referral/migrations")
    database = Database(url, pool=8)
    async with database.begin() as tx:
        for office in OFFICES.by_id.values():
            await tx.execute(
                text(
                    "INSERT INTO unit VALUES (:unit, 1, :agency, :level, :region, :parent, :services, true)"
                    " ON CONFLICT DO NOTHING"
                ),
                {
                    "unit": office.unit,
                    "agency": office.agency,
                    "level": office.level,
                    "region": office.region,
                    "parent": office.parent,
                    "services": sorted(office.services),
                },
            )
        for actor in EVERYBODY:
            await tx.execute(
                text("INSERT INTO officer VALUES (:officer, 1, :unit, :role, false) ON CONFLICT DO NOTHING"),
                {"officer": actor.officer, "unit": actor.unit, "role": actor.role},
            )
        for unit, role in OFFICES.staffed:
            await tx.execute(
                text("INSERT INTO officer VALUES (gen_random_uuid(), 1, :unit, :role, false)"),
                {"unit": unit, "role": role},
            )
    keyring = Keyring.load(servers.home.keyring)
    yield usecases.Record(database, keyring, world.OfficePicture(), Moment(datetime.now(UTC)), STANDARD)
    await database.close()


@pytest.fixture
async def play_without_registry(record: usecases.Record) -> AsyncIterator[Clocked]:
    """The same, while the registry does not answer."""
    async with clocked(replace(record, now=Moment(datetime.now(UTC))), None, SERVER) as scene:
        yield scene


@pytest.fixture
async def play(record: usecases.Record, registry_database: Database) -> AsyncIterator[Clocked]:
    """The standard policy on skipped time."""
    fresh = replace(record, now=Moment(datetime.now(UTC)))
    async with clocked(fresh, registry_database, SERVER) as scene:
        yield scene
