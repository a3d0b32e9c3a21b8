"""The same command twice is one effect and one answer. Source: the HTTP header `Idempotency-Key`."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import Header, Request
from fastapi.responses import JSONResponse
from sqlalchemy.exc import IntegrityError

from services.contracts.refusals import Refused
from services.kit.database import Database, Tx

_NOTED = "SELECT body_hash, status, answer FROM idempotency WHERE actor = %(actor)s AND key = %(key)s"
_NOTE = """
INSERT INTO idempotency (actor, key, body_hash, status, answer)
VALUES (%(actor)s, %(key)s, %(body_hash)s, %(status)s, %(answer)s)
"""
_UNIQUE_VIOLATION = "23505"


@dataclass(frozen=True, slots=True)
class CommandKey:
    """What makes a command the same: who sent it, under which key, to which address, with which body."""

    actor: UUID
    key: UUID
    body_hash: bytes


_Key = Annotated[
    UUID | None,
    Header(description="Needed. Made by the client, one for each command; sent again with it, a command acts once."),
]


async def command_key(request: Request, idempotency_key: _Key = None) -> "Unsigned":
    """FastAPI dependency: the key and the body's hash. Raises Refused("request.key_missing")."""
    if idempotency_key is None:
        raise Refused("request.key_missing")
    what = request.url.path.encode() + b"\0" + await request.body()
    return Unsigned(idempotency_key, hashlib.sha256(what).digest())


@dataclass(frozen=True, slots=True)
class Unsigned:
    key: UUID
    body_hash: bytes

    def by(self, actor: UUID) -> CommandKey:
        return CommandKey(actor, self.key, self.body_hash)


Work = Callable[[Tx], Awaitable[tuple[int, dict[str, Any]]]]


async def once(database: Database, command: CommandKey, work: Work) -> JSONResponse:
    """Do *work* in one transaction with the note of its answer; a repeat gets the noted answer.

    The note is looked for only where the work was refused or met a unique index: a repeat always does, if only by the
    note's own, and a first time never asks. A refusal leaves no note, so the caller may correct the cause and send the
    same key again. Raises Refused("request.key_reused") where the key came with another body.
    """
    try:
        async with database.begin() as tx:
            status, content = await work(tx)
            answer = JSONResponse(content, status)
            await _note(tx, command, answer)
    except (Refused, IntegrityError) as error:
        if isinstance(error, IntegrityError) and getattr(error.orig, "sqlstate", None) != _UNIQUE_VIOLATION:
            raise
        async with database.read() as tx:
            noted = await _noted(tx, command)
        if noted is not None:
            return noted
        if isinstance(error, Refused):
            raise
        # Two at once for the same thing under two keys: asking again meets the rule that says in words what the index
        # only enforces.
        raise Refused("request.in_progress", retry_after_seconds=1) from error
    return answer


async def _note(tx: Tx, command: CommandKey, answer: JSONResponse) -> None:
    sent = {"status": answer.status_code, "answer": bytes(answer.body).decode()}
    key = {"actor": command.actor, "key": command.key, "body_hash": command.body_hash}
    await tx.exec_driver_sql(_NOTE, {**key, **sent})


async def _noted(tx: Tx, command: CommandKey) -> JSONResponse | None:
    row = (await tx.exec_driver_sql(_NOTED, {"actor": command.actor, "key": command.key})).one_or_none()
    if row is None:
        return None
    if row.body_hash != command.body_hash:
        raise Refused("request.key_reused")
    return JSONResponse(row.answer, row.status, headers={"idempotency-replayed": "true"})
