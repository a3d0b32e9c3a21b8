"""A wire between a part and its server that can be cut, slowed down, and told to lose what the server answered."""

import asyncio
import contextlib
import socket

from deploy.local.ports import HOST

CHUNK_BYTES = 1 << 16


class Wire:
    """Passes everything on to *port* of *host* until it is told otherwise; it listens on `port`, *at* an address."""

    def __init__(self, port: int, *, host: str = HOST, listen: int = 0, at: str = HOST) -> None:
        self._upstream, self._at = (host, port), at
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self._doomed: bytes | None = None
        self._is_cut = False
        self.port = listen
        self.delay_seconds = 0.0
        self.lost = 0

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._accept, self._at, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._hang_up()
            self._server = None

    async def cut(self) -> None:
        """Break every connection; whoever connects from now on is hung up on at once."""
        self._is_cut = True
        await self._hang_up()

    def mend(self) -> None:
        """Be an ordinary wire again, for new connections and for those that are left."""
        self._is_cut, self.delay_seconds, self._doomed = False, 0.0, None

    def lose_answer_to(self, request: bytes) -> None:
        """Let the server do the next thing that is asked with *request* in it, and hang up before it can answer."""
        self._doomed = request

    @property
    def is_armed(self) -> bool:
        """True until the request has passed whose answer will be lost."""
        return self._doomed is not None

    async def _hang_up(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            with contextlib.suppress(OSError, asyncio.CancelledError):
                if not self._is_cut:
                    await self._join(reader, writer)
        finally:
            self._tasks.discard(task)
            writer.transport.abort()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection(*self._upstream)
        for end in (writer, to_server):
            end.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        doomed = asyncio.Event()
        both = {
            asyncio.create_task(self._ask(reader, to_server, doomed)),
            asyncio.create_task(self._answer(from_server, writer, doomed)),
        }
        try:
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in both:
                task.cancel()
            await asyncio.gather(*both, return_exceptions=True)
            to_server.close()

    async def _ask(self, reader: asyncio.StreamReader, to_server: asyncio.StreamWriter, doomed: asyncio.Event) -> None:
        while chunk := await reader.read(CHUNK_BYTES):
            if self._doomed is not None and self._doomed in chunk:
                self._doomed = None
                doomed.set()
            to_server.write(chunk)
            await to_server.drain()

    async def _answer(
        self, from_server: asyncio.StreamReader, writer: asyncio.StreamWriter, doomed: asyncio.Event
    ) -> None:
        while chunk := await from_server.read(CHUNK_BYTES):
            if doomed.is_set():
                self.lost += 1
                return
            if self.delay_seconds:
                await asyncio.sleep(self.delay_seconds)
            writer.write(chunk)
            await writer.drain()
