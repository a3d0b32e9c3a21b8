"""How long people wait for each answer while many of them work."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.cli.bench.figures import Figure, percentile
from services.cli.bench.ground import Ground
from services.cli.bench.watch import watched

PEOPLE = "services.cli.bench.people"
DESKS = (
    *("tksk", "pkb", "tksk_2", "pkb_2", "tksk_supervisor", "pkb_supervisor", "dinsos_kab", "bkkbn_kab"),
    *("dinsos_kab_coordinator", "bkkbn_kab_coordinator"),
)
READS = ("queue", "referral", "timeline", "inbox", "search_name", "search_nik")
ACTIONS = ("create", "submit", "claim", "accept", "contact", "report", "confirm")
PAGES = ("page_worklist", "page_tab", "page_referral", "page_search", "page_found", "page_family", "page_action")
ENDPOINTS: Mapping[str, Sequence[str]] = {
    "api": ("sign_in", *READS, "family", *ACTIONS),
    "pages": ("sign_in", *PAGES, "queue", "inbox"),
}
TOGETHER: Mapping[str, tuple[str, Sequence[str]]] = {"api": ("action", ACTIONS), "pages": ("page", PAGES)}
"""By way of working: what its requests are called together, and which they are."""
PARTS = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
WHOLE = {"requests": "requests/s", "errors": "errors", "overtaken": "refusals", "client_cpu": "% of one core"}


@dataclass(frozen=True, slots=True)
class Day:
    """Seconds; when people come to work, *waiting* offers and *in_service* referrals are on the lists.

    *way*: whether they ask the APIs or read the pages.
    """

    users: tuple[int, ...] = (50, 500)
    seconds: float = 120
    settle_seconds: float = 10
    think_seconds: tuple[float, float] = (2, 10)
    arrive_per_second: float = 2  # two cores check about five passwords a second, and those who came are at work
    waiting: int = 25
    in_service: int = 25
    way: str = "api"

    @property
    def endpoints(self) -> Sequence[str]:
        """Return what the figures are called: each kind of request, and all that count together."""
        return (*ENDPOINTS[self.way], TOGETHER[self.way][0])


QUICK = Day(users=(4,), seconds=6, settle_seconds=0, think_seconds=(0.02, 0.1), waiting=2, in_service=2)


def promised(day: Day) -> Iterator[tuple[str, str]]:
    """Yield the name and the unit of every figure."""
    for number in day.users:
        for endpoint in day.endpoints:
            yield from ((f"people_{number}_{endpoint}_{part}", "ms") for part in PARTS)
        yield from ((f"people_{number}_{name}", unit) for name, unit in WHOLE.items())


async def measure_people(ground: Ground, day: Day) -> Sequence[Figure]:
    """Return what *promised* names, one crowd after the other on the same stack; the smaller one first."""
    await ground.refer(day.waiting + day.in_service)
    await ground.load("take_on", referrals=await ground.some_offered(day.in_service), clients=4)
    found: dict[str, float | None] = {}
    for crowd, users in enumerate(day.users):
        found |= await _crowd(ground, day, crowd, users)
    ground.offered.clear()  # people have touched what lay on their lists
    return [Figure(name, found.get(name), unit, less_is_better=True) for name, unit in promised(day)]


async def _crowd(ground: Ground, day: Day, crowd: int, users: int) -> dict[str, float | None]:
    ground.tell(f"{users} people come to work and are watched for {day.seconds:.0f} s")
    with watched(ground.programs()) as usage:
        answer = await ground.process(PEOPLE, _job(ground, day, crowd, users))
    usage.clients = answer["cpu_share"]
    ground.limits[f"people_{users}"] = f"{usage.sentence()} {_met_with(answer, day)}"
    return {f"people_{users}_{name}": value for name, value in _figures(answer, day).items()}


def _job(ground: Ground, day: Day, crowd: int, users: int) -> dict[str, Any]:
    ports, home = ground.stack.ports, ground.stack.home
    wanted = [ground.stage.people[name].staff_no for name in DESKS]
    accounts = {each["staff_no"]: each for each in json.loads((home.path / "demo-accounts.json").read_text())}
    return {
        **{name: ports.address(name) for name in ("registry", "referral", "notify", "console")},
        "way": day.way,
        "accounts": [accounts[staff_no] for staff_no in wanted],
        "village": ground.stage.village,
        "users": users,
        "crowd": crowd,
        "arrive_per_second": day.arrive_per_second,
        "patience_seconds": users / day.arrive_per_second + 120,
        "settle_seconds": day.settle_seconds,
        "seconds": day.seconds,
        "think_seconds": day.think_seconds,
    }


def _met_with(answer: dict[str, Any], day: Day) -> str:
    """Return in words how many requests the times are of, what was refused and what went wrong."""
    counted = ", ".join(f"{name} {len(answer['took_ms'].get(name, ()))}" for name in ENDPOINTS[day.way])
    refusals = ", ".join(f"{code} {number}" for code, number in answer["refusals"].items()) or "none"
    first = f", the first: {answer['errors'][0]}" if answer["errors"] else ""
    return f"Counted: {counted}. Overtaken by others: {refusals}. Errors: {len(answer['errors'])}{first}."


def _figures(answer: dict[str, Any], day: Day) -> dict[str, float | None]:
    took: dict[str, list[float]] = answer["took_ms"]
    together, kinds = TOGETHER[day.way]
    took[together] = [each for name in kinds for each in took.get(name, [])]
    counted = sum(len(took.get(name, [])) for name in ENDPOINTS[day.way] if name != "sign_in")
    times = {
        f"{name}_{part}": percentile(took[name], share) if took.get(name) else None
        for name in day.endpoints
        for part, share in PARTS.items()
    }
    return {
        **times,
        "requests": counted / answer["seconds"],
        "errors": float(len(answer["errors"])),
        "overtaken": float(sum(answer["refusals"].values())),
        "client_cpu": answer["cpu_share"] * 100,
    }
