"""Sealed records and keyed hashes. Personal fields and free text rest in the database in this form only.

A record is sealed with AES-256-GCM under the keyring's current key, bound to the row that it belongs to, and
found again through a keyed hash (HMAC-SHA-256), which says nothing without the key.
"""

import base64
import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12


class CannotOpen(Exception):
    """The record was sealed for another row, by a key that this keyring lacks, or it was changed."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """Named keys, one of them current. Older ones stay until nothing is sealed by them."""

    current: str
    seal_keys: Mapping[str, bytes]
    hash_key: bytes

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read `{"current": id, "keys": {id: {"seal": base64, "hash": base64}}}`.

        Hashes stay with the first key, so that what was found before a rotation is found after it.
        """
        content = json.loads(path.read_text())
        keys = content["keys"]
        seals = {name: base64.b64decode(key["seal"]) for name, key in keys.items()}
        first = next(iter(keys.values()))
        return cls(content["current"], seals, base64.b64decode(first["hash"]))

    def seal(self, fields: Mapping[str, Any], *, belongs_to: str) -> bytes:
        """Return *fields* (JSON-able) sealed for the row *belongs_to*: key id, 0, nonce, cipher text."""
        plain = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
        return self.seal_json(plain, belongs_to=belongs_to)

    def seal_json(self, plain: bytes, *, belongs_to: str) -> bytes:
        """Return a record sealed that is JSON already, see `seal`."""
        nonce = os.urandom(_NONCE_BYTES)
        cipher = AESGCM(self.seal_keys[self.current]).encrypt(nonce, plain, belongs_to.encode())
        return self.current.encode() + b"\0" + nonce + cipher

    def open(self, sealed: bytes, *, belongs_to: str) -> dict[str, Any]:
        """Return the fields that were sealed for *belongs_to*. Raises CannotOpen."""
        name, _, rest = bytes(sealed).partition(b"\0")
        key = self.seal_keys.get(name.decode(errors="replace"))
        if key is None:
            raise CannotOpen("no such key")
        try:
            plain = AESGCM(key).decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], belongs_to.encode())
        except InvalidTag as error:
            raise CannotOpen("wrong row, wrong key, or changed") from error
        fields: dict[str, Any] = json.loads(plain)
        return fields

    def hash(self, kind: str, value: str) -> bytes:
        """Return the 32-byte keyed hash of *value*; *kind* ("nik", "kk", ...) keeps equal values of two kinds apart."""
        return hmac.digest(self.hash_key, f"{kind}\0{value}".encode(), "sha256")
