"""Who may do what in the registry. Pure rules over a caller, a unit and a family. Source: docs/lifecycle.md, roles."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.contracts.codes import Agency, Level, Role
from services.contracts.ids import FamilyId, OfficerId, RegionCode, UnitId
from services.contracts.reading import LEADS, Grant, covers, opens, works_there
from services.contracts.refusals import Refused
from services.kit.auth import Caller

CASEWORKERS = frozenset({Role.OFFICER, Role.SUPERVISOR, Role.COORDINATOR})
_RANK = {Level.KECAMATAN: 0, Level.UPT: 1, Level.KABKOTA: 1, Level.PROVINSI: 2}


@dataclass(frozen=True, slots=True)
class Desk:
    """A unit, as far as rights depend on it."""

    unit: UnitId
    agency: Agency
    level: Level
    region: RegionCode


@dataclass(frozen=True, slots=True)
class KnownFamily:
    """A family, as far as rights depend on it; *desk* is the unit that recorded it."""

    id: FamilyId
    region: RegionCode
    restricted: bool
    recorded_by: OfficerId
    desk: Desk


def area(caller: Caller) -> RegionCode:
    """Return where *caller* works. An institution takes people from its whole province."""
    if caller.village is not None:
        return caller.village
    return RegionCode(caller.region.split(".")[0]) if caller.level is Level.UPT else caller.region


def leads(caller: Caller, desk: Desk) -> bool:
    """True for the unit's supervisor, and for a coordinator of the unit or of one above it."""
    if caller.role not in LEADS:
        return False
    return caller.unit == desk.unit or (caller.role is Role.COORDINATOR and _stands_above(caller, desk))


def must_manage(caller: Caller, desk: Desk) -> None:
    """Raise Refused("auth.forbidden") unless *caller* leads the unit or operates the system."""
    if caller.role is not Role.OPERATOR and not leads(caller, desk):
        raise Refused("auth.forbidden")


def may_appoint(caller: Caller, desk: Desk, role: Role) -> bool:
    """True where *caller* may say who has *role* at *desk*, and let that person choose a password.

    A coordinator is appointed from a level above, an operator or a `dpo` by operators only.
    """
    if caller.role is Role.OPERATOR:
        return True
    if role in {Role.OPERATOR, Role.DPO} or not leads(caller, desk):
        return False
    return role is not Role.COORDINATOR or _RANK[caller.level] > _RANK[desk.level]


def must_decree(caller: Caller) -> None:
    """Raise Refused("auth.forbidden") unless *caller* operates the system or coordinates at the province."""
    if caller.role is not Role.OPERATOR and (caller.role, caller.level) != (Role.COORDINATOR, Level.PROVINSI):
        raise Refused("auth.forbidden")


def must_work_cases(caller: Caller) -> None:
    """Raise Refused("auth.forbidden") for those who never see a family's data, whatever the family."""
    if caller.role not in CASEWORKERS:
        raise Refused("auth.forbidden")


def must_cover(caller: Caller, region: RegionCode) -> None:
    """Raise Refused("registry.region_outside_area") unless *region* lies where *caller* works."""
    if not covers(area(caller), region):
        raise Refused("registry.region_outside_area")


def may_read(caller: Caller, family: KnownFamily, grants: Iterable[Grant] = ()) -> bool:
    """True for the recording agency where the family lives, for a unit with a grant, and for the `dpo`."""
    if caller.role is Role.DPO:
        return True
    if caller.role not in CASEWORKERS:
        return False
    by_grant = (opens(grant, caller, family.region, restricted=family.restricted) for grant in grants)
    return _by_area(caller, family) or any(by_grant)


def must_change(caller: Caller, family: KnownFamily) -> None:
    """Raise Refused("auth.forbidden") unless *caller* works for the recording agency where the family lives."""
    must_work_cases(caller)
    if not _by_area(caller, family):
        raise Refused("auth.forbidden")


def may_audit(caller: Caller, family: KnownFamily) -> bool:
    """True for those who watch over reading: the `dpo`, and who leads the unit that recorded the family."""
    return caller.role is Role.DPO or leads(caller, family.desk)


def _by_area(caller: Caller, family: KnownFamily) -> bool:
    there = works_there(caller, family.region, recorded_by=family.desk.unit)
    if caller.agency is not family.desk.agency or not there:
        return False
    return not family.restricted or caller.officer == family.recorded_by or leads(caller, family.desk)


def _stands_above(caller: Caller, desk: Desk) -> bool:
    if caller.agency is not desk.agency or caller.level is Level.UPT:
        return False
    if desk.level is Level.UPT:  # it stands in a kabupaten, but under the province
        return caller.level is Level.PROVINSI
    return covers(caller.region, desk.region)
