"""Where the bytes of a history rest: in the part's own database, or in a bucket of an S3-compatible server.

A name holds the hash of its content, so writing twice writes the same, and nothing is ever overwritten with another.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

import obstore
from obstore.exceptions import BaseError
from obstore.store import S3Store

from services.kit.database import Database
from workflows.archive.settings import DATABASE, BucketAccess

if TYPE_CHECKING:
    from obstore.store import S3Config  # not there at run time

_PUT = "INSERT INTO kept_history (name, content) VALUES (%(name)s, %(content)s) ON CONFLICT (name) DO NOTHING"
_GET = "SELECT content FROM kept_history WHERE name = %(name)s"


class StoreFailed(Exception):
    """The store does not answer, or refuses. Its text is the kind of the failure and holds no address and no secret."""


class NotThere(Exception):
    """The store has nothing under this name."""


class Store(Protocol):
    @property
    def place(self) -> str:
        """The store as a run's row names it: `database` or `s3://bucket/prefix`."""

    async def put(self, name: str, content: bytes) -> None:
        """Keep *content*. Raises StoreFailed."""

    async def get(self, name: str) -> bytes:
        """Return what is kept. Raises NotThere or StoreFailed."""


class DatabaseStore:
    place = DATABASE

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, name: str, content: bytes) -> None:
        async with self._database.begin() as tx:
            await tx.exec_driver_sql(_PUT, {"name": name, "content": content})

    async def get(self, name: str) -> bytes:
        async with self._database.read() as tx:
            found: bytes | None = (await tx.exec_driver_sql(_GET, {"name": name})).scalar()
        if found is None:
            raise NotThere(name)
        return found


class BucketStore:
    def __init__(self, place: str, access: BucketAccess) -> None:
        self.place = place
        self._bucket = _bucket(place, access)

    async def put(self, name: str, content: bytes) -> None:
        try:
            await obstore.put_async(self._bucket, name, content)
        except (BaseError, OSError) as error:
            raise StoreFailed(type(error).__name__) from None

    async def get(self, name: str) -> bytes:
        try:
            return bytes(await (await obstore.get_async(self._bucket, name)).bytes_async())
        except FileNotFoundError:
            raise NotThere(name) from None
        except (BaseError, OSError) as error:
            raise StoreFailed(type(error).__name__) from None


class Stores:
    """Every place that a history can be in, each made once."""

    def __init__(self, database: Database, access: BucketAccess) -> None:
        self._access = access
        self._made: dict[str, Store] = {DATABASE: DatabaseStore(database)}

    def at(self, place: str) -> Store:
        if place not in self._made:
            self._made[place] = BucketStore(place, self._access)
        return self._made[place]


def _bucket(place: str, access: BucketAccess) -> S3Store:
    timeout = timedelta(seconds=access.timeout_seconds)
    config: S3Config = {}
    if access.endpoint:
        config["endpoint"] = access.endpoint
    if access.region:
        config["region"] = access.region
    if access.access_key_id:
        config["access_key_id"] = access.access_key_id
    if access.secret_access_key:
        config["secret_access_key"] = access.secret_access_key.get_secret_value()
    return S3Store.from_url(
        place,
        config=config,
        client_options={"timeout": timeout, "allow_http": (access.endpoint or "").startswith("http://")},
        retry_config={"max_retries": 2, "retry_timeout": timeout},
    )
