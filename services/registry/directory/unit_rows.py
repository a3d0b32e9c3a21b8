"""One row about an office: what it becomes, or what keeps it out; and the row that says what an office is. Pure."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from services.contracts.codes import Agency, Level, Service
from services.contracts.ids import RegionCode, UnitId
from services.kit.auth import Caller
from services.registry import hours, rights
from services.registry.importing.rows import Fault
from services.registry.offices import Office
from services.registry.regions import RegionLevel, parents
from services.registry.units import unit_id

NONE = "-"
_ID = re.compile(r"(dinsos|bkkbn)-(\d\d(?:\.\d\d){0,2})(?:-[a-z0-9]{1,20})?")
_LEVELS = {
    RegionLevel.PROVINSI: Level.PROVINSI,
    RegionLevel.KABKOTA: Level.KABKOTA,
    RegionLevel.KECAMATAN: Level.KECAMATAN,
}
_SEPARATORS = re.compile(r"[\s,;]+")
_PLACES = re.compile(r"([A-Z-]+)[:=](\d{1,7})")


class RowFault(Exception):
    """Why a row cannot come in, and in which field."""

    def __init__(self, field: str, fault: Fault) -> None:
        super().__init__(f"{field}: {fault}")
        self.field, self.fault = field, fault


@dataclass(frozen=True, slots=True)
class World:
    """What rows are compared with. *regions*: the areas that are valid today, with their level."""

    offices: Mapping[UnitId, Office]
    regions: Mapping[str, RegionLevel]


def office_after(record: Mapping[str, Any], world: World, sender: Caller) -> Office:
    """Return the office as *record* says it is, under its present version; a new one has version 0.

    Raises RowFault.
    """
    unit = UnitId(record["id"].casefold())
    before = world.offices.get(unit) or _opened(unit, record, world)
    if not rights.leads(sender, before.desk):
        raise RowFault("id", Fault.NOT_YOURS)
    services = _said(record, "services", before.services, _services(before.agency), ())
    places = _said(record, "places", before.places, _places, {})
    waitlists = _said(record, "waitlists", before.waitlists, _services(before.agency), ())
    for field, named in (("places", places), ("waitlists", waitlists)):
        if field in record and not set(named) <= set(services):
            raise RowFault(field, Fault.NOT_GIVEN)
    return replace(
        before,
        title=record.get("title", before.title),
        services=services,
        places={service: limit for service, limit in places.items() if service in services},
        waitlists=tuple(service for service in waitlists if service in services),
        hours=_said(record, "hours", before.hours, _hours, {}),
        active=record["active"] == "yes" if "active" in record else before.active,
    )


def cells(office: Office) -> dict[str, str]:
    """Return the row that says what *office* is, by field: `office_after` makes the same office of it."""
    places = (f"{service}:{limit}" for service, limit in sorted(office.places.items()))
    return {
        "id": office.id,
        "title": office.title,
        "services": " ".join(office.services) or NONE,
        "places": " ".join(places) or NONE,
        "waitlists": " ".join(office.waitlists) or NONE,
        "hours": hours.written(office.hours) or NONE,
        "active": "ya" if office.active else "tidak",
    }


def _opened(unit: UnitId, record: Mapping[str, Any], world: World) -> Office:
    """Return an office that does not exist yet, in an area that does."""
    match = _ID.fullmatch(unit)
    if match is None:
        raise RowFault("id", Fault.UNIT_UNKNOWN)
    agency, region = Agency(match[1]), RegionCode(match[2])
    level = world.regions.get(region)
    if level not in _LEVELS:
        raise RowFault("id", Fault.REGION_UNKNOWN)
    for field in ("title", "services"):
        if field not in record:
            raise RowFault(field, Fault.MISSING)
    parent = unit_id(agency, parents(region)[0]) if parents(region) else None
    return Office(unit, 0, agency, _LEVELS[level], region, parent, "", active=True, services=(), places={})


def _said(record: Mapping[str, Any], field: str, before: Any, read: Callable[[str], Any], none: Any) -> Any:
    """Return what the row says in *field*: what is there already where the cell is empty, *none* where it is `-`."""
    if field not in record:
        return before
    if record[field] == NONE:
        return none
    try:
        return read(record[field])
    except ValueError as error:
        raise RowFault(field, Fault(str(error))) from None


def _services(agency: Agency) -> Callable[[str], tuple[Service, ...]]:
    def read(text: str) -> tuple[Service, ...]:
        found = {_service(code) for code in _items(text)}
        if any(service.agency is not agency for service in found):
            raise ValueError(Fault.OTHER_AGENCYS_SERVICE.value)
        return tuple(sorted(found))

    return read


def _places(text: str) -> dict[Service, int]:
    return dict(_limits(_items(text)))


def _limits(items: Iterable[str]) -> Iterator[tuple[Service, int]]:
    for item in items:
        match = _PLACES.fullmatch(item)
        if match is None or int(match[2]) > 1_000_000:
            raise ValueError(Fault.PLACES_UNREADABLE.value)
        yield _service(match[1]), int(match[2])


def _hours(text: str) -> dict[hours.Day, str]:
    try:
        return hours.read(text)
    except ValueError:
        raise ValueError(Fault.HOURS_UNREADABLE.value) from None


def _items(text: str) -> Iterator[str]:
    return filter(None, _SEPARATORS.split(text.upper()))


def _service(code: str) -> Service:
    try:
        return Service(code)
    except ValueError:
        raise ValueError(Fault.SERVICE_UNKNOWN.value) from None
