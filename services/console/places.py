"""What areas and offices are called. Asked once and remembered for a while: names are nobody's secret."""

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

from services.console.apis import Api, Problem

REMEMBERED_SECONDS = 600.0
_AT_ONCE = 200


class Places:
    """Names by code. A name that cannot be had is the code itself."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, str]] = {}
        self._below: dict[str, tuple[float, Mapping[str, str]]] = {}

    async def villages(self, api: Api, codes: Iterable[str | None]) -> dict[str, str]:
        """Return the names of areas of any level."""
        return await self._named(api, codes)

    async def below(self, api: Api, parent: str) -> Mapping[str, str]:
        """Return the areas right below *parent*, by code."""

        async def ask() -> Mapping[str, str]:
            found = await api.get("registry", "/regions", parent=parent)
            return {each["code"]: each["name"] for each in found}

        await remembered(self._below, parent, ask)
        return self._below.get(parent, (0.0, {}))[1]

    async def units(self, api: Api, ids: Iterable[str | None]) -> dict[str, str]:
        """Return the titles of offices."""
        return await self._named(api, ids)

    async def _named(self, api: Api, asked: Iterable[str | None]) -> dict[str, str]:
        wanted, now = sorted({each for each in asked if each}), time.monotonic()
        fresh = now - REMEMBERED_SECONDS
        missing = [each for each in wanted if self._known.get(each, (fresh, ""))[0] <= fresh]
        for first in range(0, len(missing), _AT_ONCE):
            try:
                found = await api.get("registry", "/names", of=missing[first : first + _AT_ONCE])
            except Problem:
                break  # a page without a name is better than none
            self._known |= {code: (now, name) for code, name in found["names"].items()}
        return {each: self._known.get(each, (now, each))[1] for each in wanted}


async def remembered(kept: dict[str, Any], name: str, ask: Callable[[], Awaitable[Any]]) -> None:
    """Keep what *ask* answers as *name*, unless that was asked lately; a part that does not answer changes nothing."""
    known = kept.get(name)
    if known is not None and time.monotonic() - known[0] < REMEMBERED_SECONDS:
        return
    try:
        kept[name] = (time.monotonic(), await ask())
    except Problem:
        return  # a page without a name is better than none
