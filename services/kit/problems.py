"""Errors for programs and people: problem+json (RFC 9457) with a stable code and words in the reader's language."""

from collections.abc import Mapping
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from temporalio.service import RPCError

from services.contracts.refusals import STATUS, Refused
from services.contracts.words import DEFAULT_LANGUAGE, Language, pick_language, refusal
from services.kit.world import is_away

log = structlog.get_logger()

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 2

PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "enum": sorted(STATUS)},
        "request_id": {"type": "string"},
        "facts": {"type": "object"},
        "fields": {"type": "array", "items": {"type": "object"}},
    },
}
# For each status the code that every part can answer with: what the document shows.
_TYPICAL = (
    *("request.malformed", "auth.expired", "auth.forbidden", "request.not_found", "request.method_not_allowed"),
    *("request.key_reused", "request.too_large", "request.invalid", "auth.locked", "server.failed"),
    "server.unavailable",
)


def problem(
    request: Request, code: str, facts: Mapping[str, object] | None = None, *, retry_after_seconds: int | None = None
) -> JSONResponse:
    """Return the answer for *code*: its status, its words, and *facts* as strings."""
    language = pick_language(request.headers.get("accept-language"))
    body = _body(code, facts or {}, language, getattr(request.state, "request_id", None))
    headers: dict[str, str] = {"content-language": language}
    if retry_after_seconds is not None:
        headers["retry-after"] = str(retry_after_seconds)
    if STATUS[code] == 401:
        headers["www-authenticate"] = "Bearer"
    return JSONResponse(body, STATUS[code], headers, MEDIA_TYPE)


def _body(code: str, facts: Mapping[str, object], language: Language, request_id: str | None) -> dict[str, Any]:
    title, detail = refusal(code, facts, language)
    body: dict[str, Any] = {
        "type": f"urn:nyekrup:{code}",
        "title": title,
        "status": STATUS[code],
        "detail": detail,
        "code": code,
        "request_id": request_id,
    }
    if fields := facts.get("fields"):
        body["fields"] = fields
    if rest := {key: str(value) for key, value in facts.items() if key != "fields"}:
        body["facts"] = rest
    return body


def _described(code: str) -> dict[str, Any]:
    """Return what the document says of the answers with the status of *code*."""
    facts = {"fields": [{"at": "body.region", "problem": "missing"}]} if code == "request.invalid" else {}
    example = _body(code, facts, DEFAULT_LANGUAGE, "01a20b48-0900-7c3d-8e21-6f4b9a0d5c17")
    content = {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}
    return {"description": "Refused, with the reason.", "content": {MEDIA_TYPE: content}}


PROBLEMS: dict[int | str, dict[str, Any]] = {STATUS[code]: _described(code) for code in _TYPICAL}


async def _refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refused)
    return problem(request, error.code, error.facts, retry_after_seconds=error.retry_after_seconds)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    # Never the input itself: it may be somebody's data.
    fields = [{"at": ".".join(str(step) for step in each["loc"]), "problem": each["type"]} for each in error.errors()]
    malformed = any(field["problem"] == "json_invalid" for field in fields)
    return problem(request, "request.malformed" if malformed else "request.invalid", {"fields": fields})


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code = {404: "request.not_found", 405: "request.method_not_allowed"}.get(error.status_code, "request.malformed")
    answer = problem(request, code)
    answer.headers.update(error.headers or {})
    return answer


async def _failed(request: Request, error: Exception) -> JSONResponse:
    if is_away(error):
        log.warning("request.world_away", path=request.url.path, error=type(error).__name__)
        return problem(request, "server.unavailable", retry_after_seconds=RETRY_SECONDS)
    log.error("request.failed", path=request.url.path, exc_info=error)
    return problem(request, "server.failed")


def answer_problems(app: FastAPI) -> None:
    """Make *app* answer every error as problem+json."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    for of_the_world in (DBAPIError, PoolTimeout, RedisError, RPCError, Exception):
        app.add_exception_handler(of_the_world, _failed)
