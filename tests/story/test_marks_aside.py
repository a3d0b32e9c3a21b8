"""What may wait does not hold up what people do: marks aside, a new referral; the waiting's processes, everybody."""

import psutil
import psycopg

from deploy.local.stack import Stack
from services.cli.stories.stage import Stage
from services.contracts.codes import Service

MANY = 7  # more than commands have connections
_HOLD = "SELECT 1 FROM referral WHERE id = ANY(%s) FOR UPDATE"
_DUE = "SELECT count(*) FROM referral WHERE id = ANY(%s) AND next_mark_at < now()"
_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE usename = current_user AND wait_event_type = 'Lock'"


def test_the_waiting_gives_way_to_the_parts_that_answer_people(stack: Stack) -> None:
    niceness = {each.name: psutil.Process(each.pid).nice() for each in stack.status()}
    assert niceness["registry"] == niceness["referral"] == niceness["notify"] < niceness["workflows"]


async def test_a_new_referral_reaches_its_unit_while_many_marks_wait(stack: Stack, stage: Stage) -> None:
    held = [await stage.referred(stage.tksk, Service.KIE) for _ in range(MANY)]
    for each in held:
        await stage.becomes(stage.pkb, each, "offered")
    url = stack.servers.database_url("referral")
    async with (
        await psycopg.AsyncConnection.connect(url) as holder,
        await psycopg.AsyncConnection.connect(url, autocommit=True) as looking,
    ):
        await holder.execute(_HOLD, (held,))

        async def number(query: str, *values: object) -> int:
            row = await (await looking.execute(query.encode(), values)).fetchone()
            return int(row[0]) if row else 0

        async def all_wait() -> bool:
            return await number(_DUE, held) == MANY and await number(_WAITING) >= 2

        await stage.until(all_wait, "every mark is due and held up")
        new = await stage.referred(stage.tksk, Service.KIE)
        await stage.becomes(stage.pkb, new, "offered", timeout_seconds=8)
        assert await number(_DUE, held) == MANY
    for each in held:
        await stage.told(stage.pkb, each, "escalated")
