"""The offices ("units") of both agencies, made from the areas and from two data files.

One office per agency in every kecamatan, kabupaten/kota and in the province, and the province's institutions.
Source: docs/domain.md, sections 1 and 4.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import yaml

from services.contracts.codes import Agency, Level, Service
from services.contracts.ids import RegionCode, UnitId
from services.registry.regions import EAST_JAVA, Region, RegionLevel, east_java
from services.registry.renumbering import Renumbered

_LEVELS: Mapping[RegionLevel, Level] = {
    RegionLevel.PROVINSI: Level.PROVINSI,
    RegionLevel.KABKOTA: Level.KABKOTA,
    RegionLevel.KECAMATAN: Level.KECAMATAN,
}


@dataclass(frozen=True, slots=True)
class Unit:
    """An office that sends and takes referrals.

    *region* is the area it serves; for an institution (level `upt`) only where it stands, since it takes people
    from the whole province. *places* holds limits; a service without an entry has none.
    """

    id: UnitId
    agency: Agency
    level: Level
    region: RegionCode
    parent: UnitId | None
    title: str
    services: tuple[Service, ...]
    places: Mapping[Service, int] = field(default_factory=dict, hash=False)

    def gives(self, service: Service) -> bool:
        return service in self.services


@dataclass(frozen=True, slots=True)
class Offer:
    """What every unit of one agency and level is called and gives."""

    title: str
    services: tuple[Service, ...]
    places: Mapping[Service, int]


Offers = Mapping[tuple[Agency, Level], Offer]


@cache
def all_units() -> tuple[Unit, ...]:
    """Return the 1,418 units of East Java, a parent always before its children. Kept after the first call."""
    return units_of(east_java(), {})


def units_of(regions: Iterable[Region], first: Renumbered) -> tuple[Unit, ...]:
    """Return the offices of *regions* and the institutions.

    *first*: the code with which a renumbered area began. Its office keeps the id that was made of that.
    """
    offers = read_offers(_data("offers.yaml"))
    return (*offices(regions, offers, first), *institutions(_data("institutions.yaml")))


def unit_id(agency: Agency, region: RegionCode) -> UnitId:
    """Return the id of the office of *agency* for *region*, down to the kecamatan: `bkkbn-35.15.08`."""
    return UnitId(f"{agency}-{region}")


def read_offers(data: Mapping[str, Any]) -> Offers:
    """Return the offers of each agency and level, with what each level takes over from the one below.

    Raises ValueError for an unknown agency, level or service, and KeyError where `and_all_of` names no level above
    it in the file.
    """
    offers: dict[tuple[Agency, Level], Offer] = {}
    for agency in map(Agency, data):
        for name, row in data[agency].items():
            below = offers[agency, Level(row["and_all_of"])].services if "and_all_of" in row else ()
            services = _services([*below, *row["gives"]])
            offers[agency, Level(name)] = Offer(row["title"], services, _places(row))
    return MappingProxyType(offers)


def offices(regions: Iterable[Region], offers: Offers, first: Renumbered) -> Iterator[Unit]:
    """Yield one office per agency for each of *regions* above the villages, in their order."""
    for region in regions:
        if region.level in _LEVELS:
            yield from (_office(agency, region, offers[agency, _LEVELS[region.level]], first) for agency in Agency)


def institutions(rows: Iterable[Mapping[str, Any]]) -> Iterator[Unit]:
    """Yield the institutions of the province's social service."""
    for row in rows:
        yield Unit(
            id=UnitId(row["id"]),
            agency=Agency.DINSOS,
            level=Level.UPT,
            region=RegionCode(row["region"]),
            parent=unit_id(Agency.DINSOS, EAST_JAVA),
            title=row["title"],
            services=_services(row["gives"]),
            places=_places(row),
        )


def _office(agency: Agency, region: Region, offer: Offer, first: Renumbered) -> Unit:
    return Unit(
        id=unit_id(agency, first.get(region.code, region.code)),
        agency=agency,
        level=_LEVELS[region.level],
        region=region.code,
        parent=unit_id(agency, first.get(region.parent, region.parent)) if region.parent else None,
        title=offer.title.format(name=region.name),
        services=offer.services,
        places=offer.places,
    )


def _services(codes: Iterable[str]) -> tuple[Service, ...]:
    """Return the services once each, in the order of the enum."""
    given = {Service(code) for code in codes}
    return tuple(service for service in Service if service in given)


def _places(row: Mapping[str, Any]) -> Mapping[Service, int]:
    return MappingProxyType({Service(code): int(limit) for code, limit in row.get("places", {}).items()})


def _data(name: str) -> Any:
    return yaml.safe_load((files("services.registry") / "data" / name).read_text(encoding="utf-8"))
