"""The registry over HTTP: what its three groups of routes share."""

from typing import Annotated

from fastapi import Depends, Request, Response

from services.kit.auth import Caller, signed_in
from services.kit.idempotency import Unsigned, command_key
from services.registry.context import Registry

Signed = Annotated[Caller, Depends(signed_in)]
Key = Annotated[Unsigned, Depends(command_key)]


# Awaited, though it waits for nothing: FastAPI sends a plain function to a thread, at every request.
async def _registry_of(request: Request) -> Registry:
    registry: Registry = request.app.state.registry
    return registry


ARegistry = Annotated[Registry, Depends(_registry_of)]


def kept_nowhere(response: Response) -> None:
    """FastAPI dependency: no browser and no proxy keeps a copy of the answer."""
    response.headers["cache-control"] = "no-store"
