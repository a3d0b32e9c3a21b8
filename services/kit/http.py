"""The HTTP side of a part: one FastAPI application with the manners that all of them share."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import UUID

import structlog
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from fastapi_offline import FastAPIOffline
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel, ConfigDict
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.contracts.ids import new_id
from services.kit import outbox
from services.kit.auth import Verifier
from services.kit.document import complete_document
from services.kit.health import Health
from services.kit.problems import answer_problems, problem
from services.kit.telemetry import HTTP_SECONDS

MAX_BODY_BYTES = 64 * 1024


class Body(BaseModel):
    """Base of what a caller sends: an unknown field is an error, not a silent loss."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Answered(BaseModel):
    """Base of what a caller gets."""

    model_config = ConfigDict(frozen=True)


class Manners:
    """Around every request: an id, a bound on the body, a figure for the time it took.

    *large_bodies*: another bound than MAX_BODY_BYTES, by the beginning of the path.
    """

    def __init__(self, app: ASGIApp, large_bodies: Mapping[str, int]) -> None:
        self._app = app
        self._large_bodies = large_bodies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = str(request_id)
        outbox.correlation.set(request_id)
        outbox.causation.set(None)
        structlog.contextvars.bind_contextvars(request=str(request_id))
        began, status = time.perf_counter(), 500
        read, too_large, most = 0, False, self._most(scope["path"])

        async def bounded() -> Message:
            nonlocal read, too_large
            message = await receive()
            read += len(message.get("body", b""))
            if read > most:
                too_large = True
                return {"type": "http.disconnect"}
            return message

        async def marked(message: Message) -> None:
            nonlocal status
            if too_large:
                return  # whatever the application makes of half a body is not the answer
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", []), (b"x-request-id", str(request_id).encode())]
            await send(message)

        try:
            await self._app(scope, bounded, marked)
            if too_large:
                too_large = False
                await problem(Request(scope), "request.too_large")(scope, receive, marked)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            HTTP_SECONDS.labels(scope["method"], route, status).observe(time.perf_counter() - began)

    def _most(self, path: str) -> int:
        bounds = (most for start, most in self._large_bodies.items() if path.startswith(start))
        return next(bounds, MAX_BODY_BYTES)


def _request_id(scope: Scope) -> UUID:
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            try:
                return UUID(value.decode())
            except ValueError:
                break
    return new_id()


def create_api(
    title: str,
    *,
    verifier: Verifier,
    health: Health,
    routers: Sequence[APIRouter] = (),
    examples: Path | None = None,
    large_bodies: Mapping[str, int] = MappingProxyType({}),
    **state: Any,
) -> FastAPI:
    """Return an application with `/health`, `/ready`, `/metrics`, offline `/docs`, and problems for every error.

    *examples*: the file with what is sent and answered, as `document.py` reads it. *large_bodies*: how many bytes a
    request may send, by the beginning of its path. *state* is put on `app.state` for the routes.
    """
    app = FastAPIOffline(title=f"Nyekrup: {title}", version="1")
    app.state.verifier = verifier
    for name, value in state.items():
        setattr(app.state, name, value)
    add_routes(app, routers)
    complete_document(app, examples)
    answer_problems(app)
    app.add_middleware(Manners, large_bodies=large_bodies)

    add_probes(app, health)
    return app


def add_routes(app: FastAPI, routers: Sequence[APIRouter]) -> None:
    """Give *app* the routes of *routers* themselves.

    `include_router` adds one route that stands for a whole router, and whatever it stands for is matched twice for each
    request. It serves prefixes and the like, of which a part has none.
    """
    for router in routers:
        app.router.routes.extend(router.routes)


def add_probes(app: FastAPI, health: Health) -> None:
    """Let *app* say whether it lives (`/health`), whether its loops move (`/ready`), and its figures (`/metrics`)."""

    @app.get("/health", include_in_schema=False)
    async def alive() -> dict[str, str]:
        return {"status": "alive"}

    @app.get("/ready", include_in_schema=False)
    async def ready() -> JSONResponse:
        silent = health.silent()
        return JSONResponse({"ready": not silent, "silent": silent}, 503 if silent else 200)

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
