"""Units to choose from: those of one agency that give a service, for the family's kabupaten or kota and above."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from services.console.apis import Api
from services.console.places import remembered
from services.contracts.codes import Service

_MOST = 200


class Choices:
    """The units by service and area, remembered for a while like their names."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[float, Sequence[dict[str, Any]]]] = {}

    async def units_for(self, api: Api, referral: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the units that could be asked, the nearest first; none where the case is closed to the reader."""
        if not referral["service"] or not referral["region"]:
            return []
        service, region = Service(referral["service"]), referral["region"]
        name = f"{service}/{region[:5]}"
        await remembered(self._kept, name, partial(_near_and_above, api, service, region[:5]))
        found = self._kept.get(name, (0.0, ()))[1]
        wanted = [each for each in found if each["id"] not in referral["asked"] and not _beside(each, region)]
        return sorted(wanted, key=lambda each: (-len(each["region"]), each["title"]))


async def _near_and_above(api: Api, service: Service, area: str) -> list[dict[str, Any]]:
    near = await _giving(api, service, area)
    if all(each["level"] == "upt" for each in near):
        return await _giving(api, service, None)  # an institution may stand anywhere in the province
    above = [await api.get("registry", f"/units/{unit}") for unit in sorted(_parents(near))]
    return near + [each for each in above if service in each["services"]]


async def _giving(api: Api, service: Service, area: str | None) -> list[dict[str, Any]]:
    asked = {"service": service, "agency": service.agency, "region": area, "limit": _MOST}
    found: list[dict[str, Any]] = (await api.get("registry", "/units", **asked))["units"]
    return found


def _parents(units: list[dict[str, Any]]) -> set[str]:
    known = {each["id"] for each in units}
    return {each["parent"] for each in units if each["parent"]} - known


def _beside(unit: Mapping[str, Any], region: str) -> bool:
    """True for the desk of another kecamatan: it takes no family from here."""
    return unit["level"] == "kecamatan" and not region.startswith(f"{unit['region']}.")
