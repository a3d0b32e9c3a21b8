"""Counts of referrals that may be shown to everybody: no names, small numbers hidden, and nobody can compute them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from services.contracts.hiding import TOTAL, Cell, Table, protected, together
from services.contracts.lifecycle import BEFORE_ACCEPTANCE, State
from services.contracts.wib import WIB
from services.kit.database import Tx
from services.referral import tally
from services.referral.step_times import answered


class Phase(StrEnum):
    """Where referrals stand, as far as a committee asks: fewer kinds than states, so fewer small numbers."""

    WAITING = "waiting"
    SERVED = "served"
    CLOSED = "closed"
    ENDED = "ended"


_ENDS: Final = {State.CLOSED: Phase.CLOSED, State.CANCELLED: Phase.ENDED, State.VOID: Phase.ENDED}
_IN_TIME, _LATE = "in_time", "late"


def phase_of(state: State) -> Phase:
    """Return where a referral in *state* stands. A returned draft waits to be sent again."""
    waits = state in BEFORE_ACCEPTANCE or state is State.DRAFT
    return _ENDS.get(state, Phase.WAITING if waits else Phase.SERVED)


async def publishable(tx: Tx, under: str, *, now: datetime) -> dict[str, Any]:
    """Return PublishableView of the area *under*."""
    by_service, by_region = await _tables(tx, under)
    # How soon somebody answered is kept down to the kabupaten and kota.
    shares = await answered(tx, under[:5], today=now.astimezone(WIB).date())
    return {
        "under": under,
        "at": now,
        "services": _lines(by_service),
        "regions": _lines(by_region),
        "all": _line(by_service, TOTAL),
        "answers": _answers(shares),
    }


async def _tables(tx: Tx, under: str) -> tuple[Table, Table]:
    """Return the tables by service and by area; what is hidden of *under* among its neighbours is hidden here too."""
    services, regions = await tally.by_service(tx, under)
    above = under.rpartition(".")[0]
    hidden = (await _tables(tx, above))[1].hidden_of(under) if above else frozenset[Cell]()
    return together(_table(services), _table(regions), hidden)


def _table(counted: tally.Crossed) -> Table:
    cells: Counter[Cell] = Counter()
    for (row, state), number in counted.items():
        cells[row, phase_of(state)] += number
    return Table.of(cells)


def _lines(table: Table) -> list[dict[str, Any]]:
    return [_line(table, row) for row in _rows(table.numbers)]


def _rows(cells: Iterable[Cell]) -> list[str]:
    return sorted({row for row, _ in cells if row != TOTAL})


def _line(table: Table, row: str) -> dict[str, Any]:
    """Return LineView; None is hidden, and what is not there is zero."""
    shown = table.shown()
    numbers = {phase: shown.get((row, phase), 0) for phase in Phase}
    return {"of": row, "numbers": numbers, "total": shown.get((row, TOTAL), 0)}


def _answers(shares: Mapping[str, tuple[int, int]]) -> list[dict[str, Any]]:
    """Return AnswerView of each kabupaten or kota, of a province's as its own sum as well."""
    of_which = {area: share for area, share in shares.items() if len(area) == 5}
    cells = {(area, _IN_TIME): in_time for area, (_, in_time) in of_which.items()}
    cells |= {(area, _LATE): ended - in_time for area, (ended, in_time) in of_which.items()}
    shown = protected(Table.of(cells)).shown()
    return [_answer(area, shown) for area in [TOTAL, *_rows(cells)]]


def _answer(area: str, shown: Mapping[Cell, int | None]) -> dict[str, Any]:
    ended, in_time, late = (shown.get((area, column), 0) for column in (TOTAL, _IN_TIME, _LATE))
    share = round(100 * in_time / ended) if ended and in_time is not None and late is not None else None
    return {"of": area, "answered": ended, "in_time_percent": share}
