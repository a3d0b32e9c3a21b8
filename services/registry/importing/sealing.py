"""Rows made ready for the database: sealed, with the hashes by which they are found, in PostgreSQL's binary COPY form.

Layout of that form: PostgreSQL's documentation of COPY, "Binary Format".
"""

import json
import struct
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from uuid import UUID

from services.contracts.ids import RegionCode
from services.kit.crypto import Keyring
from services.registry.importing.rows import Row
from services.registry.names import name_parts

COLUMNS = (
    "list", "id", "family", "region", "dated", "batch", "content_hash", "kk_hash", "nik_hash", "name_hashes", "sealed",
)  # fmt: skip
HEADER = b"PGCOPY\n\xff\r\n\0" + struct.pack("!ii", 0, 0)
TRAILER = struct.pack("!h", -1)

_ENCODE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
_DAY_ZERO = date(2000, 1, 1)
_BYTEA_OID = 17
_NULL = struct.pack("!i", -1)
_COUNT = struct.pack("!h", len(COLUMNS))
_LENGTH = struct.Struct("!i")
_NO_NAMES = _LENGTH.pack(12) + struct.pack("!iii", 0, 0, _BYTEA_OID)


class Sealer:
    """Seals the rows of one batch of the list *name*."""

    def __init__(self, keyring: Keyring, name: str, batch: UUID) -> None:
        self._keyring, self._name, self._batch = keyring, name, batch
        self._list, self._batch_field = _text(name), _bytes(batch.bytes)
        self._word_hash = lru_cache(maxsize=20_000)(self._hashed_word)

    def __call__(self, rows: Iterable[Row]) -> bytes:
        """Return *rows*, in which nothing is wrong, as binary COPY has them, without its header and trailer."""
        return b"".join(map(self._tuple, rows))

    def content_hash(self, row: Row) -> bytes:
        """Return the keyed hash by which two rows that say the same are known."""
        return self._keyring.hash("listed", _ENCODE(row.record))

    def _tuple(self, row: Row) -> bytes:
        record, keyring = row.record, self._keyring
        assert row.dated is not None
        content = _ENCODE(record)
        kk, nik, region = record.get("no_kk"), record.get("nik"), record["village"]
        return b"".join((
            _COUNT,
            self._list,
            _text(record["id"]),
            _text(record["family"]),
            _text(region),
            _LENGTH.pack(4), _LENGTH.pack((row.dated - _DAY_ZERO).days),
            self._batch_field,
            _bytes(keyring.hash("listed", content)),
            _bytes(keyring.hash("kk", kk)) if kk else _NULL,
            _bytes(keyring.hash("nik", nik)) if nik else _NULL,
            self._names(record["name"], RegionCode(region)),
            _bytes(keyring.seal_json(content.encode(), belongs_to=belongs_to(self._name, record["id"]))),
        ))  # fmt: skip

    def _names(self, name: str, region: RegionCode) -> bytes:
        kecamatan = region[:8]
        hashes = [self._word_hash(kecamatan, part) for part in sorted(name_parts(name))]
        return _array(hashes) if hashes else _NO_NAMES

    def _hashed_word(self, kecamatan: str, part: str) -> bytes:
        return self._keyring.hash(f"name:{kecamatan}", part)


def belongs_to(name: str, person: str) -> str:
    """Return what a sealed record of the list *name* is bound to."""
    return f"listed/{name}/{person}"


def _bytes(value: bytes) -> bytes:
    return _LENGTH.pack(len(value)) + value


def _text(value: str) -> bytes:
    return _bytes(value.encode())


def _array(hashes: Sequence[bytes]) -> bytes:
    head = struct.pack("!iiiii", 1, 0, _BYTEA_OID, len(hashes), 1)
    return _bytes(head + b"".join(map(_bytes, hashes)))
