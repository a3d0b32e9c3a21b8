"""The 38 kabupaten and kota of East Java as squares of one size, laid out roughly as they lie. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

# One square for each area, west to east and north to south; a dot is sea, or nothing.
_ROWS: Final = (
    ".  .  23 24 25 .  26 27 28 29",
    "21 77 22 17 76 78 .  .  .  .",
    "20 19 18 71 16 15 75 74 12 .",
    ".  02 06 72 79 73 14 13 11 .",
    ".  01 03 04 05 07 08 09 10 .",
)
PLACES: Final[Mapping[str, tuple[int, int]]] = {
    f"35.{block}": (column, row)
    for row, blocks in enumerate(_ROWS)
    for column, block in enumerate(blocks.split())
    if block != "."
}
COLUMNS: Final = max(column for column, _ in PLACES.values()) + 1
ROWS: Final = len(_ROWS)


@dataclass(frozen=True, slots=True)
class Tile:
    """*level*: 0 where nothing is late, 1 below a twentieth, 2 below three twentieths, 3 from there on."""

    code: str
    name: str
    column: int
    row: int
    live: int
    late: int
    percent: int
    level: int


def tiles(regions: Iterable[Mapping[str, Any]], names: Mapping[str, str]) -> list[Tile]:
    """Return every square; an area of which nothing was told has nothing live."""
    told = {each["region"]: (each["live"], each["late"]) for each in regions}
    return [_tile(code, place, names.get(code, code), *told.get(code, (0, 0))) for code, place in PLACES.items()]


def _tile(code: str, place: tuple[int, int], name: str, live: int, late: int) -> Tile:
    percent = round(100 * late / live) if live else 0
    return Tile(code, short(name), *place, live, late, percent, level(live, late))


def level(live: int, late: int) -> int:
    """Return how dark a square is, by the share that is late."""
    if not late:
        return 0
    return 1 if late * 20 < live else 2 if late * 20 < live * 3 else 3


def short(name: str) -> str:
    """Return a name that fits into a square: `Pacitan`, `Kt. Kediri`."""
    return name.removeprefix("Kabupaten ").replace("Kota ", "Kt. ")
