"""One case's waiting, from its beginning to its end, whatever kind of case it is.

It sleeps until the record's next mark or until something happens, and asks the owners to act. It decides nothing and
computes no deadline: the record did. Its whole state is the newest snapshot, so any run can be begun anew from that.
"""

from abc import ABC, abstractmethod
from datetime import timedelta
from typing import Generic, Protocol, TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from services.contracts.cases import S, is_awaited
    from services.contracts.commands import ROUTE, Result, Route, RouteQuestion
    from services.contracts.snapshot import NextMark
    from services.contracts.speaking.snapshot import SpeakerNextMark

from workflows.call import call

# Asked again no sooner than this, where the owner's answer changed nothing: never a hot loop.
PATIENCE = timedelta(seconds=5)
# Deadlines fall on full hours; a delay made from the id spreads ten thousand of them, and only ever delays.
WIDEST_SPREAD = timedelta(seconds=60)
SPREAD_PART = 50

S_co = TypeVar("S_co", covariant=True)


class Said(Protocol[S_co]):
    """The record's answer to a command."""

    @property
    def result(self) -> Result: ...

    @property
    def snapshot(self) -> S_co | None: ...


class Waiting(ABC, Generic[S]):
    """What the workflows of all kinds share; each kind says how its owners are asked."""

    def __init__(self, start: S) -> None:
        self._newest: S = start

    @abstractmethod
    def _question(self, seen: S) -> RouteQuestion:
        """Return which units can be asked next."""

    @abstractmethod
    async def _offer(self, seen: S, route: Route, *, within: timedelta | None) -> Said[S]:
        """Have the record ask the unit of *route*."""

    @abstractmethod
    async def _fire(self, seen: S) -> Said[S]:
        """Have the record do what is due at the next mark."""

    def _learn(self, snapshot: S) -> None:
        """Keep the newest; what comes late or twice says nothing new."""
        if snapshot.version > self._newest.version:
            self._newest = snapshot

    async def _wait(self) -> None:
        while is_awaited(self._newest):
            seen = self._newest
            if seen.to_be_routed and (answer := await self._ask_next_unit(seen)):
                await self._adopt(answer, seen)
            elif not await self._changed_before(seen.next_mark, seen.version):
                await self._adopt(await self._fire(seen), seen)
            if workflow.info().is_continue_as_new_suggested():
                workflow.continue_as_new(self._newest)

    async def _changed_before(self, mark: NextMark | SpeakerNextMark | None, version: int) -> bool:
        """Sleep until *mark* or something newer than *version*; True where something newer came first."""
        timeout = None if mark is None else max(mark.at - workflow.now(), timedelta()) + self._spread(mark)
        summary = None if mark is None else f"{mark.clock} {mark.mark}"
        try:
            await workflow.wait_condition(
                lambda: self._newest.version > version, timeout=timeout, timeout_summary=summary
            )
        except TimeoutError:
            return self._newest.version > version
        return True

    def _spread(self, mark: NextMark | SpeakerNextMark) -> timedelta:
        ahead = max(mark.at - workflow.now(), timedelta())
        part = self._newest.case_id.int % 1000 / 1000
        return min(WIDEST_SPREAD, ahead / SPREAD_PART) * part

    async def _ask_next_unit(self, seen: S) -> Said[S] | None:
        """Have the next unit asked; None where the mark comes first because an owner is away: somebody must hear."""
        mark = seen.next_mark
        patience = None if mark is None else mark.at - workflow.now()
        if patience is not None and patience <= timedelta():
            return None
        try:
            route = await call(ROUTE, self._question(seen), within=patience)
            return await self._offer(seen, route, within=patience)
        except ActivityError:
            return None

    async def _adopt(self, answer: Said[S], seen: S) -> None:
        """Go on from the owner's newest snapshot; where that is no news, wait a little before asking again."""
        if answer.snapshot is not None:
            self._learn(answer.snapshot)
        if answer.result is Result.APPLIED or self._newest.version > seen.version:
            return
        await self._changed_before_patience_ends(seen.version)

    async def _changed_before_patience_ends(self, version: int) -> None:
        try:
            await workflow.wait_condition(lambda: self._newest.version > version, timeout=PATIENCE)
        except TimeoutError:
            return
