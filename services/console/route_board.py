"""The board of those who lead, repair or watch, and the lists behind its numbers."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from services.console import charts, tile_map
from services.console.visit import AVisit, Visit
from services.contracts.codes import Agency, Role, Service
from services.contracts.lifecycle import FINAL, State

router = APIRouter(prefix="/board")

PAGE = 50
PROVINCE = "35"
Area = Annotated[str | None, Query(max_length=5, pattern=r"^(\d\d(\.\d\d)?)?$")]
_FLOW = charts.Frame(left=44, top=12, width=840, height=130)
_LIVE = charts.Frame(left=44, top=172, width=840, height=90)
_BAR = 100.0
_KINDS = ("late", "soon", "calm")
_ASKED = ("region", "state", "agency_from", "service", "unit", "due", "moved", "day", "after")


@router.get("")
async def board(visit: AVisit, under: Area = None) -> Response:
    return visit.page("board.html", **await _figures(visit, under))


@router.get("/figures")
async def only_figures(visit: AVisit, under: Area = None) -> Response:
    """The figures alone, for a page that is open and hears that something has changed."""
    return visit.page("board_figures.html", **await _figures(visit, under))


@router.get("/list")
async def listed(visit: AVisit) -> Response:
    """The referrals behind one of the numbers."""
    query = visit.request.query_params
    asked = {name: query.get(name, "") for name in _ASKED}
    wanted = {name: value for name, value in asked.items() if value}
    found = await visit.api.get("referral", "/listing", limit=PAGE, **wanted)
    rows, places = found["referrals"], visit.request.app.state.places
    names = await places.villages(visit.api, [asked["region"] or None, *(each["region"] for each in rows)])
    units = [asked["unit"] or None, *(each[side] for each in rows for side in ("unit_from", "unit_to"))]
    return visit.page(
        "board_list.html",
        asked=asked,
        referrals=rows,
        next=found["next"],
        names=names,
        units=await places.units(visit.api, units),
        choices={"state": list(State), "agency_from": list(Agency), "service": list(Service), "due": _KINDS},
        opens=None if visit.signed_in.role is Role.OPERATOR else "/referrals/",
    )


async def _figures(visit: Visit, under: str | None) -> dict[str, Any]:
    board = await visit.api.get("referral", "/board", under=under or None)
    codes = [board["under"], *(each["region"] for each in board["regions"])]
    if board["under"] == PROVINCE:
        codes += tile_map.PLACES
    names = await visit.request.app.state.places.villages(visit.api, codes)
    directions, steps = board["directions"], board["steps"]
    return {
        "board": board,
        "names": names,
        "tiles": tile_map.tiles(board["regions"], names) if board["under"] == PROVINCE else [],
        "grid": (tile_map.COLUMNS, tile_map.ROWS),
        "kinds": _KINDS,
        "sums": {kind: sum(each[kind] for each in directions) for kind in ("live", *_KINDS)},
        "bars": {each["agency_from"]: charts.shares([each[kind] for kind in _KINDS], _BAR) for each in directions},
        "states": [state for state in State if state not in FINAL],
        "ended": [state for state in State if state in FINAL],
        "flow": charts.panel(_FLOW, board["days"], ("came", "went")),
        "standing": charts.panel(_LIVE, board["days"], ("live",)),
        "lengths": charts.bars([each["median_seconds"] for each in steps], _BAR),
    }
