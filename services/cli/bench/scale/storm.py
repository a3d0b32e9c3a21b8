"""A storm: thousands of deadlines that fall due within one minute, while people go on working."""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, LiteralString

import psycopg

from services.cli.bench.copies import copy_referral
from services.cli.bench.figures import BenchFailed, Figure, percentile
from services.cli.bench.ground import Ground
from services.cli.bench.scale.sizes import ScaleSize

BATCH = 500
ARMED_A_SECOND = 25  # so slowly at worst that all wait before the storm begins
LOOK_SECONDS = 0.25
CASES = 60
RATE = 5.0
DRAINED_WITHIN_SECONDS = 900

# The copy's own mark in its row and in the fact that is told of it, before anybody has seen either.
SOON: tuple[LiteralString, ...] = (
    "INSERT INTO load.storm SELECT made.id, %(begins)s::timestamptz + made.n * %(apart)s::interval"
    " FROM unnest(%(ids)s::uuid[]) WITH ORDINALITY AS made(id, n)",
    "UPDATE referral.outbox AS told SET body = convert_to(replace(convert_from(told.body, 'UTF8'),"
    " model.clocks -> 'acknowledge' ->> 'next_mark_at', to_char(soon.at AT TIME ZONE 'UTC',"
    " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')), 'UTF8') FROM load.storm AS soon, referral.referral AS model"
    " WHERE soon.id = ANY(%(ids)s::uuid[]) AND told.aggregate = soon.id::text AND told.stream_id IS NULL"
    " AND model.id = %(model)s",
    "UPDATE referral.referral AS copy SET next_mark_at = soon.at, clocks = jsonb_set(copy.clocks,"
    " '{acknowledge,next_mark_at}', to_jsonb(to_char(soon.at AT TIME ZONE 'UTC',"
    ' \'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\'))) FROM load.storm AS soon'
    " WHERE soon.id = ANY(%(ids)s::uuid[]) AND copy.id = soon.id",
)
_FIRED: LiteralString = (
    "SELECT extract(epoch FROM line.at - storm.at)::float FROM load.storm AS storm JOIN referral.timeline AS line"
    " ON line.referral = storm.id AND line.fact IN ('reminded', 'escalated') AND line.at >= storm.at"
)
_UNFIRED: LiteralString = (
    "SELECT count(*) FROM load.storm AS storm JOIN referral.referral AS referral ON referral.id = storm.id"
    " AND referral.next_mark_at = storm.at"
)


class Storm:
    """The referrals with a workflow of their own, and when the first of them falls due."""

    def __init__(self, ground: Ground, size: ScaleSize) -> None:
        self._ground, self._size = ground, size
        self._url = ground.stack.servers.database_url("postgres")
        self.begins = datetime.now(UTC)
        self._cases: list[tuple[str, int]] = []

    async def gather(self, model: str) -> float:
        """Make them, each with a workflow that waits for its mark; return how many were armed a second."""
        await self._statement("CREATE TABLE load.storm (id uuid PRIMARY KEY, at timestamptz)")
        await self._prepare_cases()
        number, size = self._size.storm, self._size
        self.begins = datetime.now(UTC) + timedelta(seconds=number / ARMED_A_SECOND + size.pace_seconds + 20)
        apart = timedelta(seconds=size.storm_within_seconds / size.storm)
        began = time.monotonic()
        for first in range(0, number, BATCH):
            self._ground.tell(f"{first:,} of {number:,} workflows wait")
            facts = {"begins": self.begins + first * apart, "apart": apart}
            some = min(BATCH, number - first)
            await copy_referral(self._url, model, some, first=first, told=True, beside=SOON, facts=facts)
            await self._armed()
        if datetime.now(UTC) >= self.begins:
            raise BenchFailed("the storm began before all of it was there")
        return number / (time.monotonic() - began)

    async def _armed(self) -> None:
        """Wait until every group has heard of them; the marks themselves are still to come."""
        await self._ground.catch_up(600)

    async def _prepare_cases(self) -> None:
        referrals = await self._ground.some_offered(CASES)
        await self._ground.load("take_on", referrals=referrals, clients=4)
        await self._ground.catch_up(120)
        self._cases = [(each, 6) for each in referrals]

    async def quiet(self) -> dict[str, Any]:
        """Watch people at work before it begins."""
        return await self._people("people at work, without a storm")

    async def break_loose(self) -> tuple[dict[str, Any], float, list[float]]:
        """Wait for it; return what people waited, the seconds from its end to the last mark, and each mark's delay."""
        while (left := (self.begins - datetime.now(UTC)).total_seconds()) > 0:
            self._ground.tell(f"the storm begins in {left:.0f} s")
            await asyncio.sleep(min(left, 5))
        drained = asyncio.create_task(self._drained())
        people = await self._people("people at work, in the storm")
        after = await drained
        return people, after, await self._delays()

    async def _people(self, what: str) -> dict[str, Any]:
        self._ground.tell(what)
        answer = await self._ground.load("desk", cases=self._cases, rate=RATE, seconds=self._size.pace_seconds)
        self._cases = answer["cases"]
        return answer

    async def _drained(self) -> float:
        """Return after how many seconds, from the moment at which the last was due, no mark was left."""
        ends = self.begins + timedelta(seconds=self._size.storm_within_seconds)
        while await self._ground.backlog.number(_UNFIRED):
            if (datetime.now(UTC) - ends).total_seconds() > DRAINED_WITHIN_SECONDS:
                raise BenchFailed(f"marks are left {DRAINED_WITHIN_SECONDS} s after the storm")
            await asyncio.sleep(LOOK_SECONDS)
        return max((datetime.now(UTC) - ends).total_seconds(), 0.0)

    async def _delays(self) -> list[float]:
        async with await psycopg.AsyncConnection.connect(self._url) as database:
            rows = await (await database.execute(_FIRED)).fetchall()
        return [float(row[0]) for row in rows]

    async def _statement(self, statement: LiteralString) -> None:
        async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as database:
            await database.execute(statement)


def storm_figures(
    quiet: dict[str, Any], people: dict[str, Any], after: float, delays: Sequence[float]
) -> Sequence[Figure]:
    """Return the figures of a storm; what people waited stands beside the same without it."""
    return (
        Figure("storm_drained_after", after, "s", less_is_better=True),
        Figure("storm_mark_delay_p95", percentile(list(delays), 0.95), "s", less_is_better=True),
        Figure("storm_mark_delay_most", max(delays), "s", less_is_better=True),
        *(
            Figure(name, percentile(people[of], 0.95), "ms", percentile(quiet[of], 0.95), less_is_better=True)
            for name, of in (("storm_action_p95", "acted_ms"), ("storm_queue_p95", "read_ms"))
        ),
    )
