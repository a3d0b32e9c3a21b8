"""The load: rows in every table that a referral leaves any in, copied from the models and spread over a province.

Who, where and when follows from a running number, so the same load is made every time. Each copy has its own ids,
family, number and moments; what is sealed, and the clocks' own arithmetic, are the model's. The province is the
registry's: each copy lies in a real village, between the two real units of its kecamatan.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from services.cli.bench.ground import Tell
from services.cli.bench.loads.crew import SERVICES
from services.cli.bench.scale.models import Model
from services.cli.bench.scale.sizes import ScaleSize

# Checks between tables are not made for each of so many rows; the triggers that count are kept working.
_SETTINGS: tuple[LiteralString, ...] = (
    "SET session_replication_role = replica",
    "SET synchronous_commit = off",
    "SET work_mem = '64MB'",
)
_GROUND: tuple[LiteralString, ...] = (
    "ALTER TABLE referral.referral ENABLE ALWAYS TRIGGER tally_came",
    "CREATE SCHEMA load",
    # The pilot kecamatan comes once in every list as any other, and its people find their share in their queues.
    "CREATE TABLE load.spot AS SELECT row_number() OVER (ORDER BY md5(village.code)) - 1 AS n, village.code AS village,"
    " sender.id AS sender, receiver.id AS receiver FROM registry.region AS village"
    " JOIN registry.unit AS sender ON sender.agency = 'dinsos' AND sender.region = left(village.code, 8)"
    "  AND sender.level = 'kecamatan'"
    " JOIN registry.unit AS receiver ON receiver.agency = 'bkkbn' AND receiver.region = sender.region"
    "  AND receiver.level = 'kecamatan' WHERE length(village.code) = 13",
    "CREATE UNIQUE INDEX ON load.spot (n)",
    "CREATE TABLE load.model (n integer PRIMARY KEY, id uuid, live boolean)",
    "CREATE TABLE load.made (n integer PRIMARY KEY, id uuid, family uuid, model uuid, live boolean, village varchar,"
    " sender varchar, receiver varchar, service varchar, ago interval, marked timestamptz, due timestamptz)",
)
_OFFICER = "md5('officer ' || {unit} || abs(hashint4(made.n)::bigint) % 4)::uuid"

_MADE = """
INSERT INTO load.made
SELECT running.n, md5('referral ' || running.n)::uuid AS id, md5('family ' || running.n / 2)::uuid AS family,
    model.id AS model, model.live, spot.village, spot.sender, spot.receiver,
    (%(services)s::varchar[])[running.n %% %(kinds)s + 1] AS service,
    -- Ten minutes at least: the books leave alone what has just happened.
    make_interval(secs => 600 + CASE WHEN model.live THEN chance %% 3600000 ELSE 3600000 + chance %% 30000000 END)
        AS ago,
    now() + make_interval(secs => 86400 + other %% 2592000) AS marked,
    -- One in ten is late: its due date is over and somebody was told, the next mark is to come.
    now() + make_interval(secs => CASE WHEN running.n %% 10 = 3 THEN -1 ELSE 1 END * (other %% 2592000)) AS due
FROM generate_series(%(first)s::int, %(last)s::int) AS running(n)
    CROSS JOIN LATERAL (SELECT abs(hashint4(running.n)::bigint) AS chance,
        abs(hashint4(running.n + 7)::bigint) AS other) AS lot
    JOIN load.model AS model
        ON model.n = abs(hashint4(running.n + 1)::bigint) %% 100 + CASE WHEN running.n < %(live)s THEN 0 ELSE 100 END
    JOIN load.spot AS spot ON spot.n = abs(hashint4(running.n / 2)::bigint) %% (SELECT count(*) FROM load.spot)
"""
_AFTER = "ANALYZE load.made"

# For each table: what a copy has of its own, by column, and whose rows are copied. The others are the model's.
Rows = tuple[str, Mapping[str, str], str]
_FAMILY_MADE = "(SELECT DISTINCT ON (family) * FROM load.made ORDER BY family, n) AS made"


def _tables(family: str) -> Iterator[Rows]:
    ago = {name: f"model.{name} - made.ago" for name in ("created_at", "submitted_at", "closed_at")}
    people = {"created_by": _own("created_by", "sender"), "assignee": _own("assignee", "receiver"),
              "holder": f"CASE WHEN model.holder = model.created_by THEN {_own('created_by', 'sender')}"
                        f" ELSE {_own('holder', 'receiver')} END"}  # fmt: skip
    units = {"unit_from": "made.sender", "unit_to": "CASE WHEN model.unit_to IS NOT NULL THEN made.receiver END"}
    waits = "CASE model.waits_for WHEN model.unit_from THEN made.sender WHEN model.unit_to THEN made.receiver END"
    told = "JOIN load.made AS made ON made.model = model."
    yield "referral.referral", {
        "id": "made.id", "number": "'load-' || made.n", "family": "made.family", "service": "made.service",
        "region": "made.village", "waits_for": waits, "due_at": "CASE WHEN made.live THEN made.due END",
        "next_mark_at": "CASE WHEN made.live THEN made.marked END",
        "queue_at": "CASE WHEN made.live THEN made.due ELSE model.queue_at END", **ago, **people, **units,
    }, f"referral.referral AS model {told}id"  # fmt: skip
    yield "referral.attempt", {
        "referral": "made.id", "unit": "made.receiver",
        **{name: f"model.{name} - made.ago" for name in ("offered_at", "claimed_at", "ended_at")},
    }, f"referral.attempt AS model {told}referral"  # fmt: skip
    yield "referral.timeline", {
        "referral": "made.id", "at": "model.at - made.ago",
        "officer": f"CASE WHEN model.officer IS NOT NULL THEN {_OFFICER.format(unit='made.receiver')} END",
        "unit": "CASE WHEN model.unit IS NOT NULL THEN made.receiver END",
    }, f"referral.timeline AS model {told}referral"  # fmt: skip
    yield "registry.referral_seen", {
        "referral": "made.id", "number": "'load-' || made.n", "family": "made.family", "service": "made.service",
        "closed_at": ago["closed_at"], **units,
    }, f"registry.referral_seen AS model {told}referral"  # fmt: skip
    yield "registry.access_grant", {
        "family": "made.family", "unit": "made.receiver", "referral": "made.id",
        **{name: f"model.{name} - made.ago" for name in ("opened_at", "closed_at", "expires_at")},
    }, f"registry.access_grant AS model {told}referral"  # fmt: skip
    yield "workflows.seen", {"referral_id": "made.id"}, f"workflows.seen AS model {told}referral_id AND made.live"
    yield from _family_tables(family)


def _family_tables(family: str) -> Iterator[Rows]:
    one = f"AS model JOIN {_FAMILY_MADE} ON made.n %% 2 = 0 AND model.{{key}} = '{family}'"
    yield "registry.family", {
        "id": "made.family", "region": "made.village", "unit": "made.sender",
        "kk_hash": "sha256(('kk ' || made.n)::bytea)", "content_hash": "sha256(('content ' || made.n)::bytea)",
    }, f"registry.family {one.format(key='id')}"  # fmt: skip
    # Each name is one of 400 given and one of 400 other words, by kecamatan, as the product keys them.
    word = "sha256((left(made.village, 8) || '{kind} ' || abs(hashint4(made.n + {salt})::bigint) %% 400)::bytea)"
    yield "registry.member", {
        "id": "md5('member ' || made.n || model.position)::uuid", "family": "made.family",
        "nik_hash": "sha256(('nik ' || made.n || ' ' || model.position)::bytea)",
        "name_hashes": f"ARRAY[{word.format(kind='given', salt=11)}, {word.format(kind='other', salt=13)}]",
    }, f"registry.member {one.format(key='family')}"  # fmt: skip
    yield "referral.family", {
        "family": "made.family", "region": "made.village", "unit": "made.sender",
    }, f"referral.family {one.format(key='family')}"  # fmt: skip


def _own(column: str, unit: str) -> str:
    """The model's own officer in the units where that one works, otherwise one of four made up for the unit."""
    real = f"model.{'unit_from' if unit == 'sender' else 'unit_to'} = made.{unit} AND made.n %% 4 = 0"
    made_up = _OFFICER.format(unit=f"made.{unit}")
    return f"CASE WHEN model.{column} IS NULL THEN NULL WHEN {real} THEN model.{column} ELSE {made_up} END"


async def fill(url: str, models: Sequence[Model], size: ScaleSize, tell: Tell) -> int:
    """Write the load and return how many referrals it holds; they are committed batch by batch."""
    number = size.live - size.storm + size.closed
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as database:
        for statement in (*_SETTINGS, *_GROUND):
            await database.execute(statement)
        await _name_models(database, models)
        family = await _scalar(database, "SELECT family FROM referral.referral WHERE id = %s", models[0].id)
        statements = [await _copying(database, *rows) for rows in _tables(str(family))]
        for first in range(0, number, size.batch):
            tell(f"{first:,} of {number:,} referrals loaded")
            last = min(first + size.batch, number) - 1
            await _batch(database, statements, first, last, live=size.live - size.storm)
        tell("vacuum and analyse")
        await database.execute("VACUUM (ANALYZE)")
        await database.execute("CHECKPOINT")
    return number


async def _batch(
    database: psycopg.AsyncConnection[Any], statements: Sequence[sql.SQL], first: int, last: int, *, live: int
) -> None:
    facts = {
        "first": first, "last": last, "live": live, "services": [each.value for each in SERVICES],
        "kinds": len(SERVICES),
    }  # fmt: skip
    async with database.transaction():
        await database.execute(sql.SQL(_MADE), facts)
        for statement in (_constant(_AFTER), *statements, _constant("TRUNCATE load.made")):
            await database.execute(statement)


async def _name_models(database: psycopg.AsyncConnection[Any], models: Sequence[Model]) -> None:
    """Write a hundred lines for each of live and ended: as many for a model as it has a share in a hundred."""
    for live, offset in ((True, 0), (False, 100)):
        ids = [model.id for model in models if model.live is live for _ in range(model.share)]
        assert len(ids) == 100, "the shares of the models are those of a hundred"
        for n, each in enumerate(ids, offset):
            await database.execute("INSERT INTO load.model VALUES (%s, %s, %s)", (n, each, live))


async def _copying(database: psycopg.AsyncConnection[Any], table: str, own: Mapping[str, str], source: str) -> sql.SQL:
    """Return the INSERT of all copies of one batch. Every other column is the model's: a new one needs no change here.

    An identity is left to the table.
    """
    schema, _, name = table.partition(".")
    columns = await (await database.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = %s AND table_name = %s"
        " AND is_identity = 'NO'", (schema, name)
    )).fetchall()  # fmt: skip
    names = [str(row[0]) for row in columns]
    values = ", ".join(own.get(each, f"model.{each}") for each in names)
    return _constant(f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {source}".replace("%%", "%"))


def _constant(statement: str) -> sql.SQL:
    """Our own words put together, nobody's input."""
    return sql.SQL(statement)


async def _scalar(database: psycopg.AsyncConnection[Any], query: LiteralString, *values: Any) -> Any:
    row = await (await database.execute(query, values)).fetchone()
    assert row is not None, "the model is there"
    return row[0]
