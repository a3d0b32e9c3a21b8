"""Files that only their owner may read, and the generated passwords in one of them."""

import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

DATABASE_ROLES = ("registry", "referral", "notify", "workflows")
DATABASE_SUPERUSER = "postgres"
REDIS_USERS = (*DATABASE_ROLES, "console", "admin")


@dataclass(frozen=True, slots=True)
class Secrets:
    """Passwords by name: PostgreSQL's superuser and roles, Valkey's users. Safe in a URL as they are."""

    postgres: Mapping[str, str]
    valkey: Mapping[str, str]

    def __repr__(self) -> str:
        return "Secrets(...)"  # never into a log or a traceback


def make_secrets(file: Path) -> Secrets:
    """Return the passwords in *file*, adding those that are missing; what is there never changes."""
    known = json.loads(file.read_text()) if file.exists() else {}
    names = {"postgres": (DATABASE_SUPERUSER, *DATABASE_ROLES), "valkey": REDIS_USERS}
    full = {
        server: {**{user: secrets.token_urlsafe(24) for user in users}, **known.get(server, {})}
        for server, users in names.items()
    }
    if full != known:
        write_private(file, json.dumps(full, indent=1))
    return Secrets(full["postgres"], full["valkey"])


def write_private(file: Path, text: str) -> None:
    """Replace *file* at once by one of mode 0600 with *text*."""
    part = file.with_name(f"{file.name}.part")
    with suppress(FileNotFoundError):
        part.unlink()  # its mode may be another
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())  # a password that is lost locks its data away
    part.replace(file)
