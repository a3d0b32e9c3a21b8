"""What the code believes of the tables is what the migrations make."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, create_engine, inspect

from deploy.local.stack import Stack
from services.kit.database import sqlalchemy_url
from services.kit.delivery_tables import DeliveryTable
from services.kit.migrations import migrate
from services.notify import tables as notify
from services.referral import tables as referral
from services.referral.speaking import tables as speaking
from services.registry import tables as registry

ROOT = Path(__file__).parents[2]
assert speaking.Base is referral.Base, "tables of one part, of one schema"
PARTS = {"referral": referral.Base, "registry": registry.Base, "notify": notify.Base}


@pytest.fixture(scope="module", params=PARTS)
def part(request: pytest.FixtureRequest, servers: Stack) -> Iterator[tuple[Any, MetaData]]:
    url = servers.servers.database_url(request.param)
    migrate(url, ROOT / "services" / request.param / "migrations")
    engine = create_engine(sqlalchemy_url(url))
    yield inspect(engine), PARTS[request.param].metadata
    engine.dispose()


def _check(found: Any, metadata: MetaData) -> None:
    for table in metadata.sorted_tables:
        columns = {column["name"]: column["nullable"] for column in found.get_columns(table.name)}
        assert set(columns) == {column.name for column in table.columns}, table.name
        keys = found.get_pk_constraint(table.name)["constrained_columns"]
        assert set(keys) == {column.name for column in table.primary_key}, table.name


def test_every_table_of_a_part_has_the_columns_that_its_code_names(part: tuple[Any, MetaData]) -> None:
    _check(*part)


def test_every_part_has_its_own_delivery_tables(part: tuple[Any, MetaData]) -> None:
    _check(part[0], DeliveryTable.metadata)
