"""The few real referrals of which the load is made: lived through over HTTP, one for each state that is common."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from services.cli.bench.loads.crew import a_day_ago
from services.cli.stories.stage import Stage
from services.contracts.codes import DeclineReason, Outcome, Service
from services.contracts.lifecycle import Action

NOTES = 3


@dataclass(frozen=True, slots=True)
class Model:
    """*share*: of how many in a hundred it is the model, among the live or among the ended ones."""

    id: str
    live: bool
    share: int


async def make_models(stage: Stage) -> list[Model]:
    """Live each kind of life as far as it goes; return what came of it."""
    made = []
    for live, share, steps in _KINDS:
        referral = await stage.referred(stage.tksk, Service.TPK_DAMPING)
        await stage.becomes(stage.pkb, referral, "offered")
        for step in steps:
            await step(stage, referral)
        made.append(Model(referral, live, share))
    return made


Step = Callable[[Stage, str], Awaitable[object]]


async def _claim(stage: Stage, referral: str) -> None:
    await stage.pkb.act(referral, Action.CLAIM)


async def _serve(stage: Stage, referral: str) -> None:
    await stage.pkb.act(referral, Action.ACCEPT)
    await stage.pkb.act(referral, Action.CONTACT, on=a_day_ago())
    for _ in range(NOTES):
        await stage.pkb.act(referral, Action.NOTE, text="Keluarga dikunjungi di rumah.")


async def _report(stage: Stage, referral: str) -> None:
    await stage.pkb.act(referral, Action.REPORT, outcome=Outcome.SERVED_FULL, on=a_day_ago(), provider="TPK")


async def _confirm(stage: Stage, referral: str) -> None:
    await stage.tksk.act(referral, Action.CONFIRM)


async def _decline(stage: Stage, referral: str) -> None:
    await stage.pkb.act(referral, Action.DECLINE, reason=DeclineReason.NOT_FOUND)


async def _recall(stage: Stage, referral: str) -> None:
    await stage.tksk.act(referral, Action.RECALL, text="Keluarga pindah.")


_KINDS: tuple[tuple[bool, int, tuple[Step, ...]], ...] = (
    (True, 20, ()),
    (True, 10, (_claim,)),
    (True, 45, (_claim, _serve)),
    (True, 15, (_claim, _serve, _report)),
    (True, 10, (_claim, _decline)),
    (False, 90, (_claim, _serve, _report, _confirm)),
    (False, 10, (_recall,)),
)
