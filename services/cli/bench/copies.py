"""Copies of one referral in the record: many cases in the same state without the time that making them would take.

A copy is whole: its row, its attempt and its timeline, with an id, a number and a family of its own. With
*told*, its newest fact is written as well, so that the relay, the consumers and the waiting take it up as any other;
not as one that a workflow asked for, because a copy has none yet.
"""

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString
from uuid import UUID

import psycopg

# Every column is carried over by its name, so a new one needs no change here.
_COPY: LiteralString = """
INSERT INTO referral.referral
SELECT copy.* FROM referral.referral AS model, generate_series(%(first)s::int, %(last)s::int) AS running,
    jsonb_populate_record(model, jsonb_build_object(
        'id', gen_random_uuid(), 'family', gen_random_uuid(),
        'number', 'copy-' || running || '-' || gen_random_uuid())) AS copy
WHERE model.id = %(model)s
RETURNING id
"""
_PARTS: tuple[LiteralString, ...] = (
    "INSERT INTO referral.attempt SELECT copy.* FROM referral.attempt AS model, unnest(%(ids)s::uuid[]) AS made(id),"
    " jsonb_populate_record(model, jsonb_build_object('referral', made.id)) AS copy WHERE model.referral = %(model)s",
    "INSERT INTO referral.timeline SELECT copy.* FROM referral.timeline AS model, unnest(%(ids)s::uuid[]) AS made(id),"
    " jsonb_populate_record(model, jsonb_build_object('referral', made.id)) AS copy WHERE model.referral = %(model)s",
    "ANALYZE referral.referral",
)
_TELL: LiteralString = """
INSERT INTO referral.outbox (event_id, stream, aggregate, version, body, created_at)
SELECT made.event_id, told.stream, copy.id::text, told.version,
    convert_to(replace(replace(replace(replace((convert_from(told.body, 'UTF8')::jsonb #- '{data,by_command}')::text,
        told.aggregate, copy.id::text), told.event_id::text, made.event_id::text),
        model.family::text, copy.family::text), model.number, copy.number), 'UTF8'), now()
FROM referral.outbox AS told
    JOIN referral.referral AS model ON model.id = %(model)s
    JOIN referral.referral AS copy ON copy.id = ANY(%(ids)s::uuid[])
    CROSS JOIN LATERAL (SELECT gen_random_uuid() AS event_id WHERE copy.id IS NOT NULL) AS made
WHERE told.aggregate = %(model)s::text AND told.version = (SELECT version FROM referral.referral WHERE id = %(model)s)
"""
_REMOVE: tuple[LiteralString, ...] = (
    "DELETE FROM referral.outbox WHERE aggregate = ANY(%(names)s)",
    "DELETE FROM referral.timeline WHERE referral = ANY(%(ids)s)",
    "DELETE FROM referral.attempt WHERE referral = ANY(%(ids)s)",
    "DELETE FROM referral.referral WHERE id = ANY(%(ids)s)",
)


async def copy_referral(
    url: str,
    model: str,
    number: int,
    *,
    first: int = 0,
    told: bool = False,
    beside: Sequence[LiteralString] = (),
    facts: Mapping[str, Any] | None = None,
) -> list[str]:
    """Make *number* copies of *model* and return their ids; *first* keeps the numbers of several calls apart.

    *beside* is executed in the same transaction, with `ids`, `model` and *facts*: before anybody sees the copies.
    """
    facts = {"model": UUID(model), "first": first, "last": first + number - 1, **(facts or {})}
    async with await psycopg.AsyncConnection.connect(url) as database:
        rows = await (await database.execute(_COPY, facts)).fetchall()
        facts["ids"] = [row[0] for row in rows]
        for statement in (*_PARTS, *([_TELL] if told else []), *beside):
            await database.execute(statement, facts)
    return [str(each) for each in facts["ids"]]


async def remove_copies(url: str, copies: Sequence[str]) -> None:
    """Take *copies* and whatever was done with them out of the record again, before anybody is told of it."""
    async with await psycopg.AsyncConnection.connect(url) as database:
        for statement in _REMOVE:
            await database.execute(statement, {"ids": list(map(UUID, copies)), "names": list(copies)})
