"""A wire between a part and its server that can swallow what the server answers, as a network does."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from urllib.parse import urlsplit, urlunsplit


class LossyWire:
    """Passes everything on, until `lose_answer_to` was told which request's answer to swallow: then it hangs up."""

    def __init__(self, url: str) -> None:
        self._server = urlsplit(url)
        self._doomed: bytes | None = None
        self._handlers: set[asyncio.Task[None]] = set()
        self.url = url
        self.lost = 0

    def lose_answer_to(self, command: str) -> None:
        """Let the server do the next *command*, but nobody hear of it."""
        self._doomed = command.encode()

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator["LossyWire"]:
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        user = self._server.netloc.rpartition("@")[0]
        self.url = urlunsplit(self._server._replace(netloc=f"{user}@127.0.0.1:{port}"))
        try:
            yield self
        finally:
            server.close()
            for handler in self._handlers:
                handler.cancel()
            await asyncio.gather(*self._handlers, return_exceptions=True)
            await server.wait_closed()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._handlers.add(task)
        with contextlib.suppress(OSError, asyncio.CancelledError):
            await self._join(reader, writer)
        writer.close()
        self._handlers.discard(task)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection(self._server.hostname, self._server.port)
        hung_up = asyncio.Event()

        async def ask() -> None:
            while chunk := await reader.read(1 << 20):
                if self._doomed and self._doomed in chunk:
                    self._doomed = None
                    hung_up.set()
                to_server.write(chunk)

        async def answer() -> None:
            while chunk := await from_server.read(1 << 20):
                if hung_up.is_set():
                    self.lost += 1
                    return
                writer.write(chunk)

        both = {asyncio.create_task(ask()), asyncio.create_task(answer())}
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in both:
                task.cancel()
            await asyncio.gather(*both, return_exceptions=True)
            to_server.close()
