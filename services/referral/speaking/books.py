"""The books of speaker requests by who asked, read from the timeline and compared with the record."""

from datetime import UTC, datetime
from typing import Any, Final

from services.contracts.codes import Agency
from services.contracts.ids import RegionCode
from services.contracts.speaking.codes import NotHeld
from services.contracts.speaking.lifecycle import SpeakerState
from services.kit.database import Tx
from services.kit.http import Answered
from services.referral.repository import NO_DUE_DATE
from services.referral.speaking.calendar import Between
from services.referral.speaking.figures import BookStep, Figures, Whose, counted
from services.referral.usecases import Record

_BEGINNING: Final = datetime(1, 1, 1, tzinfo=UTC)
_STEPS: Final = """
SELECT request.agency_from, left(request.region, 5) AS area, line.at, request.not_held,
    CASE WHEN line.fact <> 'requested' THEN line.state END AS state
FROM speaker_line AS line JOIN speaker_request AS request ON request.id = line.request
WHERE (line.fact = 'requested' OR line.state IN ('held', 'not_held')) AND line.at < %(until)s
ORDER BY request.agency_from, area, line.at
"""
_LIVE: Final = """
SELECT count(*) FILTER (WHERE closed_at IS NULL) AS live, count(*) FILTER (WHERE state = 'held') AS held,
    count(*) FILTER (WHERE state = 'not_held') AS not_held, count(*) AS requested
FROM speaker_request
"""


class SpeakerBookLineView(Answered):
    """Of who asked: `open_before` + `requested` = `open_after` + `held` + what was not held, by reason."""

    agency: Agency
    area: RegionCode
    open_before: int
    requested: int
    held: int
    not_held: dict[NotHeld, int]
    open_after: int


class SpeakerBooksView(Answered):
    """`requested`, `live`, `held`, `not_held`: all there is now. `balanced`: they add up, as the timeline says too."""

    requested: int
    live: int
    held: int
    not_held: int
    balanced: bool
    lines: list[SpeakerBookLineView]


async def books(record: Record, between: Between) -> dict[str, Any]:
    """Return SpeakerBooksView, with lines from one moment until before another."""
    async with record.database.view() as tx:
        live = (await tx.exec_driver_sql(_LIVE)).mappings().one()
        lines = await figures_of(tx, between.since, between.until)
        whole = await figures_of(tx, _BEGINNING, NO_DUE_DATE)
    told = {"requested": 0, "live": 0, "held": 0, "not_held": 0}
    for figures in whole.values():
        told["requested"] += figures.requested
        told["live"] += figures.open_after
        told["held"] += figures.held
        told["not_held"] += sum(figures.not_held.values())
    adds_up = live["requested"] == live["live"] + live["held"] + live["not_held"]
    sound = all(figures.sound for figures in (*lines.values(), *whole.values()))
    balanced = adds_up and sound and told == dict(live)
    return {**live, "balanced": balanced, "lines": [_line(*each) for each in sorted(lines.items())]}


async def figures_of(tx: Tx, since: datetime, until: datetime) -> dict[Whose, Figures]:
    """Return what came and went from *since* until before *until*, by who asked."""
    rows = (await tx.exec_driver_sql(_STEPS, {"until": until})).all()
    return counted((_step(row) for row in rows), since)


def _step(row: Any) -> BookStep:
    return BookStep(
        whose=Whose(Agency(row.agency_from), RegionCode(row.area)),
        at=row.at,
        state=SpeakerState(row.state) if row.state else None,
        reason=NotHeld(row.not_held) if row.not_held else None,
    )


def _line(whose: Whose, figures: Figures) -> dict[str, Any]:
    return {
        "agency": whose.agency,
        "area": whose.area,
        "open_before": figures.open_before,
        "requested": figures.requested,
        "held": figures.held,
        "not_held": dict(figures.not_held),
        "open_after": figures.open_after,
    }
