"""Several processes read, check and seal rows side by side; what they return comes back in order."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context
from typing import Any, TypeVar
from uuid import UUID

from services.contracts.ids import RegionCode
from services.kit.crypto import Keyring
from services.registry.importing.profile import profile
from services.registry.importing.report import Tally
from services.registry.importing.rows import Checker, Row
from services.registry.importing.sealing import Sealer
from services.registry.matching.families import by_family
from services.registry.renumbering import Renumbered
from services.registry.risk.aggregates import Figures
from services.registry.risk.krs import assess
from services.registry.risk.rule import in_force

PROCESSES = 2
AHEAD = 2 * PROCESSES
FEW_ROWS = 10_000
SURVEY = "pk"

Given = TypeVar("Given")
Gotten = TypeVar("Gotten")


@dataclass(frozen=True, slots=True)
class Task:
    """What a process has to know about the batch that it works for."""

    list: str
    batch: UUID
    keyring: Keyring
    villages: frozenset[str]
    area: RegionCode
    today: date
    renumbered: Renumbered


@dataclass(frozen=True, slots=True)
class Checked:
    """A page that was looked at. *contents*: the content hash of each row that could come in, by its id. *figures*: the
    stunting risk of the families on it, by village, where the list tells of that."""

    tally: Tally
    contents: Mapping[str, tuple[date, bytes]]
    figures: Mapping[RegionCode, Figures]


@dataclass(frozen=True, slots=True)
class Sealed:
    """A page made ready. *copied*: its rows in binary COPY form."""

    rows: int
    copied: bytes


class Processes:
    """Processes that know *task*; leave the block to end them. *rows*: a few are done here, sooner than any starts."""

    def __init__(self, task: Task, rows: int) -> None:
        self._pool: ProcessPoolExecutor | None = None
        if rows > FEW_ROWS:
            # Forking a process that has threads, as DuckDB's do, can hang.
            context = get_context("spawn")
            self._pool = ProcessPoolExecutor(PROCESSES, context, initializer=_begin, initargs=(task,))
        else:
            _begin(task)

    def __enter__(self) -> "Processes":
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def check(self, pages: Iterable[list[Any]]) -> Iterator[Checked]:
        return self._in_order(_check, pages)

    def seal(self, pages: Iterable[list[Any]]) -> Iterator[Sealed]:
        return self._in_order(_seal, pages)

    def _in_order(self, work: Callable[[Given], Gotten], given: Iterable[Given]) -> Iterator[Gotten]:
        """Yield what *work* makes of each of *given*, a few ahead of whoever takes it and never more."""
        if self._pool is None:
            yield from map(work, given)
            return
        running: deque[Future[Gotten]] = deque()
        for each in given:
            running.append(self._pool.submit(work, each))
            if len(running) > AHEAD:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()


_task: Task
_checker: Checker
_sealer: Sealer


def _begin(task: Task) -> None:
    global _task, _checker, _sealer
    _task = task
    _checker = Checker(profile(task.list), task.villages, task.area, task.today, task.renumbered)
    _sealer = Sealer(task.keyring, task.list, task.batch)


def _check(page: list[Any]) -> Checked:
    tally, contents, records = Tally(), {}, []
    for number, *cells in page:
        row = _checker(cells)
        tally.add(number, row)
        if not row.faults and row.dated is not None:
            contents[row.record["id"]] = (row.dated, _sealer.content_hash(row))
            records.append(row.record)
    return Checked(tally, contents, _figures(records) if _task.list == SURVEY else {})


def _figures(records: list[dict[str, Any]]) -> dict[RegionCode, Figures]:
    """Return the stunting risk of the families in *records*, by village."""
    found: dict[RegionCode, Figures] = {}
    rule = in_force(_task.today)
    for family in by_family([records]):
        found.setdefault(family.region, Figures()).add(assess(family.picture(), rule, _task.today))
    return found


def _seal(page: list[Any]) -> Sealed:
    """Return the rows that can come in; of several with one id the newest, the later one where two are as new."""
    newest: dict[str, Row] = {}
    for _, *cells in page:
        row = _checker(cells)
        if not row.faults and row.dated is not None:
            before = newest.get(row.record["id"])
            if before is None or before.dated is None or before.dated <= row.dated:
                newest[row.record["id"]] = row
    return Sealed(len(page), _sealer(newest.values()))
