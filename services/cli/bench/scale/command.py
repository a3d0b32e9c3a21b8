"""`nyekrup bench scale`: a million closed and two hundred thousand live referrals, and what is slow then."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, LiteralString

import psycopg
import typer

from deploy.local.ports import HOST, free_port
from deploy.local.temporal import find_temporal
from services.cli.bench.command import print_report, run_bench
from services.cli.bench.figures import BenchFailed, Figure
from services.cli.bench.ground import BY_DAY, NO_PASS, Ground, Tell, open_ground
from services.cli.bench.machine import describe_machine
from services.cli.bench.scale.book_pages import go_through
from services.cli.bench.scale.filling import fill
from services.cli.bench.scale.models import Model, make_models
from services.cli.bench.scale.passing import pass_over
from services.cli.bench.scale.plans import Explained, explain
from services.cli.bench.scale.queries import all_queries, ask_all
from services.cli.bench.scale.restart import PARTS, restart, restart_all
from services.cli.bench.scale.sizes import FULL, QUICK, ScaleSize
from services.cli.bench.scale.storm import Storm, storm_figures
from services.cli.bench.soak.measure import WORKER_METRICS
from services.cli.bench.soak.samples import cached_workflows
from services.cli.bench.watch import memory_mb
from services.cli.output import Json, fail, print_json, print_table

app = typer.Typer()

# The first pass over the books starts a workflow for each of the load: it is begun when that is to be measured.
# Every question for a board is to reach the database.
ENV = {**BY_DAY, **NO_PASS, "NYEKRUP_BOARD_FRESH_SECONDS": "0"}
QUIET_SECONDS = 3.0
# What is kept beside what there is, counted: both must be the same.
_KEPT_WRONG: LiteralString = """
SELECT count(*) FROM (
    SELECT left(region, 8) AS area, coalesce(waits_for, '') AS unit, state, count(*) AS number
    FROM referral.referral WHERE submitted_at IS NOT NULL GROUP BY 1, 2, 3) AS there
FULL JOIN (SELECT area, unit, state, sum(number) AS number FROM (
    SELECT area, unit, state, number FROM referral.tally
    UNION ALL SELECT area, unit, state, change FROM referral.tally_step) AS both_tables
    GROUP BY 1, 2, 3 HAVING sum(number) <> 0) AS kept USING (area, unit, state)
WHERE there.number IS DISTINCT FROM kept.number
"""
SIMULATED = (
    "load: {loaded} of {all} referrals were written by INSERT ... SELECT from seven that were lived through over HTTP;"
    " they have rows in referral, attempt, timeline, family, member, access_grant, referral_seen and, if live, seen;"
    " no message, no event in outbox, inbox or streams, and no noted answer. Of those that are live, each got its"
    " workflow from a pass over the books.",
    "sealed: what the copies hold sealed is the models' and cannot be opened; its size is right.",
    "books: `books_heal` and `books_pass` are whole passes of the product's own; the others, its legs by themselves."
    " What was told of the load was not there to be compared.",
    "cold: the servers were restarted before; the operating system still held what it had read.",
)


@app.command()
def scale(
    quick: Annotated[bool, typer.Option("--quick", help="Only to see that it works: no real figures.")] = False,
    workflows: Annotated[int | None, typer.Option(min=1, help="How many fall due together.")] = None,
    live: Annotated[int | None, typer.Option(min=1, help="How many are live, each a workflow.")] = None,
    closed: Annotated[int | None, typer.Option(min=1, help="How many are closed.")] = None,
    as_json: Json = False,
) -> None:
    """Load a year of a province, ask for everything, let deadlines fall due together, restart. An hour and a half."""
    size = QUICK if quick else FULL
    if workflows is not None:
        seconds = size.storm_within_seconds * workflows / size.storm  # as many a second, for less long
        size = replace(size, storm=workflows, storm_within_seconds=seconds)
    size = replace(size, live=live or size.live, closed=closed or size.closed)
    if size.live <= size.storm:
        fail(
            f"{size.storm} cannot fall due together with {size.live} live.",
            "Raise --live, or lower --workflows.",
            code=2,
        )
    run_bench(lambda tell: measure_scale(size, tell), lambda report: _print(report, as_json=as_json))


async def measure_scale(size: ScaleSize, tell: Tell) -> dict[str, Any]:
    """Return the report: machine, figures, limits, and every query with its plan."""
    counted_at = f"{HOST}:{free_port()}"
    async with open_ground(tell, {**ENV, WORKER_METRICS: counted_at}) as ground:
        return await _Scale(ground, size, counted_at).measured()


class _Scale:
    """One run, step by step; each prepares the next."""

    def __init__(self, ground: Ground, size: ScaleSize, counted_at: str) -> None:
        """*counted_at*: host:port at which the workflows' worker tells what it keeps in memory."""
        self._ground, self._size, self._counted_at = ground, size, counted_at
        self._url = ground.stack.servers.database_url("postgres")
        self._figures: list[Figure] = []
        self._queries: list[dict[str, Any]] = []

    async def measured(self) -> dict[str, Any]:
        ground = self._ground
        await ground.catch_up(60)
        self._memory("memory_before", await self._quiet_memory())
        models = await make_models(ground.stage)
        await ground.catch_up(60)
        loaded = await fill(self._url, models, self._size, ground.tell)
        await self._fold()
        await self._heal()
        await self._books()
        await self._sign_in()
        await self._ask(models)
        await self._storm(models)
        self._memory("memory_loaded", await self._quiet_memory())
        await self._restart()
        machine = await describe_machine(ground.stack.servers, find_temporal())
        there = await self._number("SELECT count(*) FROM referral.referral")
        if wrong := await self._number(_KEPT_WRONG):
            raise BenchFailed(f"{wrong} of the counts that are kept are not what there is")
        ground.tell("clearing away")
        return {
            "machine": machine,
            "figures": [each.as_json() for each in self._figures],
            "queries": self._queries,
            "limits": [each.format(loaded=f"{loaded:,}", all=f"{there:,}") for each in SIMULATED]
            + [f"{figure}: {what}" for figure, what in ground.limits.items()],
        }

    async def _fold(self) -> None:
        """Fold the steps of the whole load at once; people leave as many in weeks."""
        self._add("load_folded", (await go_through(self._ground, "begin"))[0], "s")
        async with await psycopg.AsyncConnection.connect(self._url, autocommit=True) as database:
            await database.execute("VACUUM (ANALYZE) referral.tally, referral.tally_step")

    async def _ask(self, models: list[Model]) -> None:
        """Every query, first cold and then warm, explained by the server itself."""
        ground, stage = self._ground, self._ground.stage
        closed = next(each.id for each in models if not each.live)
        family = (await stage.tksk.show(closed))["family"]
        await explain(self._url, on=True)
        await (restart_all(ground) if self._size.cold else restart(ground, PARTS))
        await self._reconnect()
        log = next(each.log for each in ground.stack.status() if each.name == "postgres")
        asked = await ask_all(ground, all_queries(ground, closed, family), Explained(Path(log)), self._size.repeats)
        self._queries = [each.as_json() for each in asked]
        slowest = max(asked, key=lambda each: each.warm_ms)
        self._add("query_slowest_cold", max(each.cold_ms for each in asked), "ms")
        self._add("query_slowest_warm", slowest.warm_ms, "ms")
        self._add("query_slowest_http", max(each.http_warm_ms for each in asked), "ms")
        for each in asked:
            ground.tell(f"{each.name}: cold {each.cold_ms:.2f}, warm {each.warm_ms:.2f} ms at the database")
        for late in (each for each in asked if not each.kept):
            ground.limits[late.name] = (
                f"IT IS OVER {late.promised_ms:.0f} ms: {max(late.cold_ms, late.warm_ms):.0f} ms."
            )
        await explain(self._url, on=False)
        if self._size.cold:
            await restart(ground, PARTS)

    async def _heal(self) -> None:
        """Close all the days so far; then a pass finds that nothing waits for the load, and starts what is missing."""
        self._add("books_days", (await go_through(self._ground, "days"))[0], "s")
        self._add("days_closed", await self._number("SELECT count(DISTINCT day) FROM referral.book_line"), "days")
        memory: dict[str, float] = {}
        cached: dict[str, float] = {}

        async def look(waiting: int) -> None:
            memory[f"{waiting:,}"] = memory_mb(self._ground.stack.status())["workflows"]
            cached[f"{waiting:,}"] = sum((await cached_workflows(self._counted_at)).values())
            self._ground.tell(f"{waiting:,} wait: {memory[f'{waiting:,}']:.0f} MB, {cached[f'{waiting:,}']:.0f} cached")

        loaded = self._size.live - self._size.storm
        passed = await pass_over(self._ground, missing=loaded, look=look)
        if passed.healed < loaded:
            raise BenchFailed(f"of {loaded} without a workflow a pass gave one to {passed.healed}")
        self._add("books_heal", passed.seconds, "s")
        self._add("workflows_healed", passed.healed / passed.seconds, "referrals/s")
        for name, unit, seen in (("workflows_memory", "MB", memory), ("workflows_cached", "workflows", cached)):
            self._figures.append(Figure(name, max(seen.values()), unit, by_process=seen, less_is_better=True))

    async def _books(self) -> None:
        """The legs that take long, over what is live and over everything; then a whole pass, which finds nothing."""
        for leg in ("runs", "record", "whole"):
            seconds, pages = await go_through(self._ground, leg)
            self._add(f"books_{leg}", seconds, "s")
            self._ground.limits[f"books_{leg}"] = f"{pages} pages."
        passed = await pass_over(self._ground)
        if passed.found:
            raise BenchFailed(f"a second pass found {passed.found}")
        self._add("books_pass", passed.seconds, "s")

    async def _storm(self, models: list[Model]) -> None:
        await self._sign_in()
        storm = Storm(self._ground, self._size)
        self._add("workflows_armed", await storm.gather(models[0].id), "referrals/s")
        await self._sign_in()
        quiet = await storm.quiet()
        for figure in storm_figures(quiet, *await storm.break_loose()):
            self._ground.tell(f"{figure.name}: {figure.value:.2f} {figure.unit}, beside {figure.floor or 0:.2f}")
            self._figures.append(figure)
        await self._sign_in()

    async def _restart(self) -> None:
        self._add("restart_parts", await restart(self._ground, PARTS), "s")
        self._add("restart_all", await restart_all(self._ground), "s")
        await self._reconnect()
        self._add("live_loaded", await self._ground.backlog.open_referrals(), "referrals")

    async def _reconnect(self) -> None:
        """The servers were away, and so is the connection that looks at them; tokens last ten minutes."""
        await self._ground.backlog.reconnect()
        await self._sign_in()

    async def _sign_in(self) -> None:
        for person in self._ground.stage.people.values():
            await person.sign_in()

    async def _quiet_memory(self) -> dict[str, float]:
        await asyncio.sleep(QUIET_SECONDS)
        return dict(memory_mb(self._ground.stack.status()))

    def _memory(self, name: str, by_process: dict[str, float]) -> None:
        self._figures.append(Figure(name, sum(by_process.values()), "MB", by_process=by_process, less_is_better=True))

    def _add(self, name: str, value: float, unit: str) -> None:
        self._ground.tell(f"{name}: {value:.1f} {unit}")
        self._figures.append(Figure(name, value, unit, less_is_better=unit in {"s", "ms"}))

    async def _number(self, query: LiteralString) -> int:
        return await self._ground.backlog.number(query)


def _print(report: dict[str, Any], *, as_json: bool) -> int:
    """Return 1 where a query was slower than promised, so that nobody overlooks it."""
    if as_json:
        print_json(report)
    else:
        print_report(report)
        columns = ("name", "cold_ms", "warm_ms", "http_warm_ms", "kept")
        print_table("Queries", columns, [[each[name] for name in columns] for each in report["queries"]])
    return 0 if all(each["kept"] for each in report["queries"]) else 1
