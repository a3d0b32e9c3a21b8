"""What a page says when something went wrong. Whoever is not signed in signs in, and comes back to the page."""

from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from services.console.apis import Problem
from services.console.visit import Again, ForeignForm, NobodySignedIn, Visit, keep, visit

log = structlog.get_logger()


def answer_errors(app: FastAPI) -> None:
    app.add_exception_handler(NobodySignedIn, _sign_in)
    app.add_exception_handler(ForeignForm, _foreign)
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _ours)


async def _sign_in(request: Request, _: Exception) -> Response:
    """Answer a page with the way to sign in; a form with 401, by which a browser knows that it was not taken."""
    if request.method != "GET":
        return Visit.of_nobody(request).page(
            "sign_in.html", 401, to="/", staff_no="", problem=None, again=_again(request)
        )
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/sign-in?to={quote('/' if request.headers.get('hx-request') else wanted)}", 303)


async def _foreign(request: Request, _: Exception) -> Response:
    return await _said(request, 403, "foreign_form")


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    if error.status == 401:
        response = await _sign_in(request, error)
        keep(response, request.app.state.console, None)
        return response
    kind = "part_away" if error.code == "console.part_away" else "refused"
    return await _said(request, error.status, kind, error)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return await _said(request, error.status_code, "not_found" if error.status_code == 404 else "ours")


async def _invalid(request: Request, _: Exception) -> Response:
    return await _said(request, 422, "not_found")


async def _ours(request: Request, error: Exception) -> Response:
    log.error("console.failed", error=type(error).__name__, path=request.scope.get("path"))
    return await _said(request, 500, "ours")


async def _said(request: Request, status: int, kind: str, problem: Problem | None = None) -> Response:
    try:
        seen = await visit(request)
    except Problem:  # the token is to be renewed, and nobody answers
        seen = Visit.of_nobody(request)
    again = _again(request) if problem and seen.session else None
    return seen.page("error.html", status, kind=kind, problem=problem, again=again)


def _again(request: Request) -> Again | None:
    """Return the form that was sent: what was typed is not lost."""
    return getattr(request.state, "again", None)
