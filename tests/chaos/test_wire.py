"""The wire between two programs: it passes on, is cut, is slow, and loses an answer after the server acted."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from services.cli.chaos.wire import Wire
from tests.delivery.world import until


class Echo:
    """A server that notes each line and sends it back."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            self.heard.append(line)
            writer.write(line)
        writer.close()


@pytest.fixture
async def echo() -> AsyncIterator[tuple[Echo, Wire]]:
    echo = Echo()
    server = await asyncio.start_server(echo.serve, "127.0.0.1", 0)
    wire = Wire(server.sockets[0].getsockname()[1])
    await wire.open()
    yield echo, wire
    await wire.close()
    server.close()
    await server.wait_closed()


async def ask(wire: Wire, line: bytes) -> bytes:
    """Return what comes back for *line* over a new connection, nothing where it breaks."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", wire.port)
        writer.write(line)
        answer = await reader.readline()
        writer.close()
    except OSError:
        return b""
    return answer


async def test_it_passes_on_what_is_said(echo: tuple[Echo, Wire]) -> None:
    assert await ask(echo[1], b"hello\n") == b"hello\n"


async def test_a_lost_answer_was_acted_on(echo: tuple[Echo, Wire]) -> None:
    server, wire = echo
    wire.lose_answer_to(b"doomed")
    assert await ask(wire, b"spared\n") == b"spared\n"
    assert await ask(wire, b"doomed\n") == b""

    async def acted() -> bool:
        return b"doomed\n" in server.heard

    await until(acted, "the server acted")
    assert wire.lost == 1
    assert await ask(wire, b"doomed\n") == b"doomed\n", "once"


async def test_a_cut_wire_breaks_what_is_open_and_takes_nothing_until_it_is_mended(echo: tuple[Echo, Wire]) -> None:
    _, wire = echo
    reader, writer = await asyncio.open_connection("127.0.0.1", wire.port)
    writer.write(b"before\n")
    assert await reader.readline() == b"before\n"
    await wire.cut()
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await reader.readexactly(1)
    writer.close()
    assert await ask(wire, b"meanwhile\n") == b""
    wire.mend()
    assert await ask(wire, b"after\n") == b"after\n"


async def test_a_slow_wire_takes_its_time(echo: tuple[Echo, Wire]) -> None:
    _, wire = echo
    wire.delay_seconds = 0.1
    began = time.monotonic()
    assert await ask(wire, b"slow\n") == b"slow\n"
    assert time.monotonic() - began >= 0.1
