"""Units to choose from: those of one agency that give a service, for the family's kabupaten or kota and above."""

from collections.abc import Mapping
from typing import Any

from services.console.apis import Api, Problem
from services.contracts.codes import Service

_MOST = 200


async def units_for(api: Api, referral: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the units that could be asked, the nearest first; none where the case is closed to the reader."""
    if not referral["service"] or not referral["region"]:
        return []
    service, region = Service(referral["service"]), referral["region"]
    try:
        near = await _giving(api, service, region[:5])
        above = [await api.get("registry", f"/units/{unit}") for unit in sorted(_parents(near))]
        # An institution may stand anywhere in the province.
        found = near + [each for each in above if service in each["services"]] or await _giving(api, service, None)
    except Problem:
        return []
    wanted = [each for each in found if each["id"] not in referral["asked"] and not _beside(each, region)]
    return sorted(wanted, key=lambda each: (-len(each["region"]), each["title"]))


async def _giving(api: Api, service: Service, region: str | None) -> list[dict[str, Any]]:
    asked = {"service": service, "agency": service.agency, "region": region, "limit": _MOST}
    found: list[dict[str, Any]] = (await api.get("registry", "/units", **asked))["units"]
    return found


def _parents(units: list[dict[str, Any]]) -> set[str]:
    known = {each["id"] for each in units}
    return {each["parent"] for each in units if each["parent"]} - known


def _beside(unit: Mapping[str, Any], region: str) -> bool:
    """True for the desk of another kecamatan: it takes no family from here."""
    return unit["level"] == "kecamatan" and not region.startswith(f"{unit['region']}.")
