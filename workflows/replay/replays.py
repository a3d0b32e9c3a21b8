"""One archived history after the other through today's workflow code, and how each went."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.runtime import LoggingConfig, Runtime, TelemetryConfig, TelemetryFilter
from temporalio.worker import Replayer

from workflows.archive.packing import Damaged
from workflows.archive.reading import Archive, Chosen, Kept
from workflows.archive.stores import NotThere
from workflows.replay.watching import Watching
from workflows.runner import ALL_WORKFLOWS

KNOWN: Final = frozenset(each.__name__ for each in ALL_WORKFLOWS)

_NAMES_AN_EVENT: Final = re.compile(r"HistoryEvent\(id: (\d+)")
_SAYS: Final = re.compile(r'message: "(?P<said>.*?)", source: ', re.DOTALL)


class Went(StrEnum):
    """How the replay of one history went."""

    SAME = "same"
    DIFFERS = "differs"
    DAMAGED = "damaged"
    MISSING = "missing"
    UNKNOWN_TYPE = "unknown_type"


@dataclass(frozen=True, slots=True)
class Replayed:
    """*event*: the one that the code did not go along with, or the last one before it where the SDK names none."""

    kept: Kept
    went: Went
    event: int | None = None
    why: str = ""


class Replays:
    """Replays the chosen runs, one after the other: it is work for a processor, and each process has one."""

    def __init__(self, archive: Archive, chosen: Chosen) -> None:
        self._archive, self._chosen = archive, chosen
        self._watching = Watching()
        self._skipped: list[Replayed] = []
        self._current: Kept | None = None

    async def results(self) -> AsyncIterator[Replayed]:
        """Yield how each went. Raises StoreFailed where the archive cannot be read."""
        replayer = Replayer(
            workflows=ALL_WORKFLOWS,
            workflow_runner=self._watching,
            data_converter=pydantic_data_converter,
            runtime=_quiet(),
        )
        async with replayer.workflow_replay_iterator(self._histories()) as replayed:
            async for result in replayed:
                for each in self._taken():
                    yield each
                yield self._judged(result.replay_failure)
        for each in self._taken():
            yield each

    async def _histories(self) -> AsyncIterator[WorkflowHistory]:
        """Yield those that can be replayed; the others are answered for at once."""
        async for kept in self._archive.runs(self._chosen):
            if kept.type not in KNOWN:
                self._skipped.append(Replayed(kept, Went.UNKNOWN_TYPE))
                continue
            try:
                history = await self._archive.history(kept)
            except (Damaged, NotThere) as error:
                self._skipped.append(Replayed(kept, Went.DAMAGED if isinstance(error, Damaged) else Went.MISSING))
                continue
            if not _was_worked_on(history):
                self._skipped.append(Replayed(kept, Went.SAME))
                continue
            self._current, self._watching.seen = kept, 0
            yield history

    def _taken(self) -> list[Replayed]:
        skipped, self._skipped = self._skipped, []
        return skipped

    def _judged(self, failure: Exception | None) -> Replayed:
        assert self._current is not None, "a result is that of a history"
        if failure is None:
            return Replayed(self._current, Went.SAME)
        said = _SAYS.search(str(failure))
        why = said["said"] if said else str(failure)
        named = _NAMES_AN_EVENT.search(why)
        return Replayed(self._current, Went.DIFFERS, int(named[1]) if named else self._watching.seen, why)


def _was_worked_on(history: WorkflowHistory) -> bool:
    """False where the run ended before any code of ours had it: there is nothing to compare."""
    return any(each.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED for each in history.events)


def _quiet() -> Runtime:
    """Return a runtime that leaves the telling to us: a difference is a result here, not a warning."""
    silence = TelemetryFilter(core_level="OFF", other_level="OFF")
    return Runtime(telemetry=TelemetryConfig(logging=LoggingConfig(filter=silence)))
