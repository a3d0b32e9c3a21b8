"""What villages and offices are called. Asked once and remembered for a while: names are nobody's secret."""

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from typing import Any

from services.console.apis import Api, Problem

REMEMBERED_SECONDS = 600.0


class Places:
    """Names by code. A name that cannot be had is the code itself."""

    def __init__(self) -> None:
        self._villages: dict[str, tuple[float, Mapping[str, str]]] = {}
        self._units: dict[str, tuple[float, str]] = {}

    async def villages(self, api: Api, codes: Iterable[str | None]) -> dict[str, str]:
        """Return the names of villages; one request for each kecamatan that is not known yet."""
        wanted = {code for code in codes if code}
        for parent in sorted({code.rpartition(".")[0] for code in wanted}):
            await _remembered(self._villages, parent, partial(_below, api, parent))
        return {code: self._village(code) for code in wanted}

    async def below(self, api: Api, parent: str) -> Mapping[str, str]:
        """Return the areas right below *parent*, by code."""
        await _remembered(self._villages, parent, partial(_below, api, parent))
        return self._villages.get(parent, (0.0, {}))[1]

    async def units(self, api: Api, ids: Iterable[str | None]) -> dict[str, str]:
        """Return the titles of offices."""
        wanted = sorted({unit for unit in ids if unit})
        for unit in wanted:
            await _remembered(self._units, unit, partial(_title, api, unit))
        return {unit: self._units[unit][1] if unit in self._units else unit for unit in wanted}

    def _village(self, code: str) -> str:
        _, names = self._villages.get(code.rpartition(".")[0], (0.0, {}))
        return names.get(code, code)


async def _remembered(kept: dict[str, Any], name: str, ask: Callable[[], Awaitable[Any]]) -> None:
    known = kept.get(name)
    if known is not None and time.monotonic() - known[0] < REMEMBERED_SECONDS:
        return
    try:
        kept[name] = (time.monotonic(), await ask())
    except Problem:
        return  # a page without a name is better than none


async def _below(api: Api, parent: str) -> Mapping[str, str]:
    found = await api.get("registry", "/regions", parent=parent or None)
    return {each["code"]: each["name"] for each in found}


async def _title(api: Api, unit: str) -> str:
    title: str = (await api.get("registry", f"/units/{unit}"))["title"]
    return title
