"""A small HTTP/1.1 client for load: JSON over kept-alive connections, answers with a Content-Length only.

The library that the rest of the command uses costs more per request than the services that are to be measured.
"""

import asyncio
import json
from collections import deque
from typing import Any, cast
from uuid import uuid4

HEAD_END = b"\r\n\r\n"
TIMEOUT_SECONDS = 30.0


class NotAnswered(Exception):
    """The service refused or failed; *status* and the stable *code* say how."""

    def __init__(self, path: str, status: int, body: bytes) -> None:
        self.status = status
        self.code = _code(body)
        super().__init__(f"{path}: {status} {self.code}")


def _code(body: bytes) -> str:
    try:
        return str(json.loads(body).get("code", "unknown"))
    except (ValueError, AttributeError):
        return "unreadable"


class _Connection(asyncio.Protocol):
    """One connection, one request at a time."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self._read = bytearray()
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is none by its class

    def connection_lost(self, error: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error or ConnectionResetError("closed before the answer"))

    def data_received(self, data: bytes) -> None:
        self._read += data
        end = self._read.find(HEAD_END)
        if end < 0:
            return
        head = bytes(self._read[:end]).lower()
        length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0] or 0)
        begin = end + len(HEAD_END)
        if len(self._read) < begin + length:
            return
        answer = int(head[9:12]), bytes(self._read[begin : begin + length])
        self._read.clear()
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(answer)

    async def send(self, request: bytes) -> tuple[int, bytes]:
        self._answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        async with asyncio.timeout(TIMEOUT_SECONDS):
            return await self._answer


class Api:
    """One service, spoken to by one person; grows as many connections as there are requests at the same time."""

    def __init__(self, address: str, token: str) -> None:
        self._host, _, port = address.removeprefix("http://").partition(":")
        self._port = int(port)
        self._idle: deque[_Connection] = deque()
        self._head = f"host: {self._host}\r\nauthorization: Bearer {token}\r\n".encode()

    async def get(self, path: str) -> bytes:
        """Return the answer's body. Raises NotAnswered for any status from 400 on."""
        return await self._answered(path, b"GET " + path.encode() + b" HTTP/1.1\r\n" + self._head + b"\r\n")

    async def post(self, path: str, body: dict[str, Any]) -> bytes:
        """Return the answer's body. Raises NotAnswered for any status from 400 on."""
        content = json.dumps(body).encode()
        request = (
            b"POST " + path.encode() + b" HTTP/1.1\r\n" + self._head
            + b"content-type: application/json\r\nidempotency-key: " + str(uuid4()).encode()
            + b"\r\ncontent-length: " + str(len(content)).encode() + HEAD_END + content
        )  # fmt: skip
        return await self._answered(path, request)

    async def _answered(self, path: str, request: bytes) -> bytes:
        status, answer = await self._send(request)
        if status >= 400:
            raise NotAnswered(path, status, answer)
        return answer

    async def _send(self, request: bytes) -> tuple[int, bytes]:
        connection = self._idle.pop() if self._idle else None
        if connection is None or connection.transport.is_closing():
            loop = asyncio.get_running_loop()
            _, connection = await loop.create_connection(_Connection, self._host, self._port)
        answer = await connection.send(request)
        self._idle.append(connection)
        return answer

    def close(self) -> None:
        for connection in self._idle:
            connection.transport.close()
