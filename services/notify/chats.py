"""Outlets through apprise. It has no key by which a repeat could be told from the first, so no repeat is made."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import ClassVar

from services.notify.carriers import Carry, Ended, Parcel, Try
from services.notify.domain import Channel, Why
from services.notify.outlets import Outlets

_LONGEST_SECONDS = 30.0


class AppriseCarrier:
    """Carries messages to the outlets of the file, one at a time: what was claimed is what was begun."""

    channel: ClassVar[Channel] = Channel.APPRISE
    most = 1

    def __init__(self, outlets: Outlets) -> None:
        self._outlets = outlets

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Carry]:
        yield self._carry

    async def _carry(self, parcel: Parcel) -> Try:
        import apprise  # it costs start-up time that only those who use it should pay

        url = self._outlets.urls.get(parcel.to)
        outlet = apprise.Apprise()
        if url is None or not outlet.add(url):
            return Try(Ended.REFUSED, "no such outlet in the file", Why.NOT_CONFIGURED)
        try:
            async with asyncio.timeout(_LONGEST_SECONDS):
                done = await outlet.async_notify(body=parcel.letter.body, title=parcel.letter.subject)
        except TimeoutError:
            return Try(Ended.UNSURE, "no answer in time", Why.INTERRUPTED)
        return Try(Ended.SENT, "taken") if done else Try(Ended.LATER, "not taken")
