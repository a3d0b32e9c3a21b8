"""A wire between a part and its server that can swallow what the server answers, as a network does."""

import contextlib
from collections.abc import AsyncIterator
from urllib.parse import urlsplit, urlunsplit

from services.cli.chaos.wire import Wire


class LossyWire(Wire):
    """The wire of a chaos run, for a server that is named by a URL; `url` is the one to use instead."""

    def __init__(self, url: str) -> None:
        self._named = urlsplit(url)
        assert self._named.port is not None
        super().__init__(self._named.port)

    @property
    def url(self) -> str:
        user = self._named.netloc.rpartition("@")[0]
        return urlunsplit(self._named._replace(netloc=f"{user}@127.0.0.1:{self.port}"))

    @contextlib.asynccontextmanager
    async def opened(self) -> AsyncIterator["LossyWire"]:
        await self.open()
        try:
            yield self
        finally:
            await self.close()
