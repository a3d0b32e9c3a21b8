"""Short questions to our own programs on the loopback address."""

import asyncio
from http.client import HTTPConnection, HTTPException

from deploy.local.ports import HOST

TIMEOUT_SECONDS = 2.0


async def http_call(port: int, method: str, path: str, body: str | None = None) -> tuple[int, str]:
    """Return status and body of one HTTP call. Raises OSError or http.client.HTTPException."""
    return await asyncio.to_thread(_call, port, method, path, body)


async def answers_ready(port: int) -> bool:
    """Say whether ``GET /ready`` answers 200."""
    try:
        status, _ = await http_call(port, "GET", "/ready")
    except (OSError, HTTPException):
        return False
    return status == 200


async def listens(port: int) -> bool:
    """Say whether somebody accepts connections on *port*."""
    try:
        _, writer = await asyncio.open_connection(HOST, port)
    except OSError:
        return False
    writer.close()
    return True


def _call(port: int, method: str, path: str, body: str | None) -> tuple[int, str]:
    connection = HTTPConnection(HOST, port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, response.read().decode(errors="replace")
    finally:
        connection.close()
