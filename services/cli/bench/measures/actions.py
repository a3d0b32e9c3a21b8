"""What a caseworker waits for: actions over HTTP, against their statements and commits alone."""

from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from services.cli.bench.copies import copy_referral, remove_copies
from services.cli.bench.figures import Figure, percentile
from services.cli.bench.ground import RECORD, Ground
from services.cli.bench.loads.actions import chain
from services.cli.bench.sizes import Size
from services.kit.settings import PartSettings

FLOOR = "services.cli.bench.floors.sql"
MODELS = 3  # one to warm up, two to compare


async def measure_actions(ground: Ground, size: Size) -> Sequence[Figure]:
    """Return `action_p95` and `action_rate`: medians over rounds that alternate with the floor's."""
    models = await ground.some_offered(MODELS)
    await ground.catch_up(60)
    await ground.stack.hold_down(RECORD.name)
    url = ground.stack.servers.database_url("postgres")
    copies = await copy_referral(url, models[0], size.copies)
    rounds = _Rounds(ground, size, await _recorded(ground, models), copies)
    async with ground.record_alone():
        await rounds.all()
    ground.limits["action_p95, action_rate"] = _explained(rounds)
    await remove_copies(url, copies)
    await ground.stack.bring_up(RECORD.name)
    await ground.catch_up(60)
    return rounds.figures()


async def _recorded(ground: Ground, models: Sequence[str]) -> dict[str, Any]:
    """Do the chain on the models with a listener in the record; return what the floor needs."""
    ground.tell("recording the statements of real actions")
    recording = ground.folder / "statements.pickle"
    async with ground.record_alone(recording=recording):
        for model in models:
            await ground.load("act", referrals=[model], clients=1, seconds=60)
    return {"recording": str(Path(recording)), "models": list(models[1:])}


class _Rounds:
    """The product's rounds and the floor's in turn, so that a machine that drifts drifts for both."""

    def __init__(self, ground: Ground, size: Size, recorded: dict[str, Any], copies: list[str]) -> None:
        self._ground, self._size, self._recorded = ground, size, recorded
        self._share = len(copies) // (2 * size.rounds + 1)
        self._copies = copies
        self._ours: list[dict[str, Any]] = []
        self._floors: list[dict[str, Any]] = []

    async def all(self) -> None:
        await self._act(1.0, limits="")  # warms up: connections, prepared statements
        for number in range(self._size.rounds):
            self._ground.tell(f"actions, round {number + 1} of {self._size.rounds}")
            await self._next()

    async def _next(self) -> None:
        self._ours.append(await self._act(self._size.action_seconds, limits="action_rate"))
        job = {
            **self._recorded, "referrals": self._cases(), "clients": self._size.action_clients,
            "seconds": self._size.action_seconds, "pool": PartSettings.model_fields["database_pool"].default,
            "database_url": self._ground.stack.servers.database_url(RECORD.name),
        }  # fmt: skip
        self._floors.append(await self._ground.process(FLOOR, job))

    async def _act(self, seconds: float, *, limits: str) -> dict[str, Any]:
        clients = self._size.action_clients
        return await self._ground.load(
            "act", limits=limits, referrals=self._cases(), clients=clients, seconds=seconds
        )  # fmt: skip

    def _cases(self) -> list[str]:
        taken, self._copies = self._copies[: self._share], self._copies[self._share :]
        return taken

    @property
    def statements(self) -> list[int]:
        found: list[int] = self._floors[0]["statements"]
        return found

    def figures(self) -> Sequence[Figure]:
        """Return both figures with their floors."""
        ours, floors = ([_p95(each) for each in rounds] for rounds in (self._ours, self._floors))
        rate, floor_rate = (median(map(_rate, rounds)) for rounds in (self._ours, self._floors))
        return (
            Figure("action_p95", median(ours), "ms", median(floors), less_is_better=True),
            Figure("action_rate", rate, "actions/s", floor_rate),
        )


def _p95(answer: dict[str, Any]) -> float:
    return percentile(answer["took_ms"], 0.95)


def _rate(answer: dict[str, Any]) -> float:
    return float(len(answer["took_ms"]) / answer["seconds"])


def _explained(rounds: _Rounds) -> str:
    names = [name for name, _ in chain()]
    counted = ", ".join(f"{name} {number}" for name, number in dict(zip(names, rounds.statements, strict=True)).items())
    return f"an action is one of {', '.join(names)} on one referral; its statements without COMMIT: {counted}."
