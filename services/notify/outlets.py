"""Outlets outside the mail: chat rooms and the like, reached through apprise. Off unless a file names some.

The file is YAML: a unit, or `unit/role`, and its apprise addresses. `*/operator` stands for all operators.

    dinsos-35.15.08: ["tgram://..."]
    dinsos-35.15/supervisor: ["ntfy://..."]
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import yaml

from services.notify.wanted import Wanted


@dataclass(frozen=True, slots=True)
class Outlets:
    """Addresses by desk. An address holds a secret: only its key, made with a hash, is written to the database."""

    urls: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path | None) -> Self:
        """Read the file. Raises ValueError if it is not as described above, OSError if it cannot be read."""
        if path is None:
            return cls()
        content = yaml.safe_load(path.read_text()) or {}
        if not isinstance(content, dict) or not all(_is_addresses(each) for each in content.values()):
            raise ValueError(f"{path}: expected a mapping from units to lists of addresses")
        keys = {str(desk): tuple(_key(str(desk), url) for url in urls) for desk, urls in content.items()}
        return cls({_key(str(desk), url): url for desk, urls in content.items() for url in urls}, keys)

    def for_desk(self, wanted: Wanted) -> tuple[str, ...]:
        """Return the keys of the outlets that hear what *wanted* is told."""
        if wanted.officer:
            return ()
        unit = wanted.unit or "*"
        return self.keys.get(f"{unit}/{wanted.role}" if wanted.role else unit, ())


def _key(desk: str, url: str) -> str:
    return f"{desk}#{hashlib.sha256(url.encode()).hexdigest()[:16]}"


def _is_addresses(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)
