"""Signing in and out, and the language of the pages."""

from dataclasses import replace
from typing import Annotated

import structlog
from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from services.console import security
from services.console.apis import Problem
from services.console.session import Session
from services.console.visit import LANGUAGE, Again, APosted, AVisit, ForeignForm, Visit, keep, keep_language
from services.contracts.words import LANGUAGES, Language

log = structlog.get_logger()

router = APIRouter()


def own_page(wanted: str) -> str:
    """Return the address to go on to: one of ours, or the worklist."""
    return wanted if wanted.startswith("/") and not wanted.startswith(("//", "/\\")) else "/"


@router.get("/sign-in")
async def ask(visit: AVisit, to: Annotated[str, Query(max_length=2_500)] = "/") -> Response:
    """The form; for somebody who is signed in the page that was wanted."""
    if visit.session is not None:
        return visit.to(own_page(to))
    return visit.page("sign_in.html", to=own_page(to), staff_no="", problem=None, again=None)


@router.post("/sign-in")
async def sign_in(
    request: Request,
    visit: AVisit,
    staff_no: Annotated[str, Form(max_length=100)] = "",
    password: Annotated[str, Form(max_length=500)] = "",
    to: Annotated[str, Form(max_length=2_500)] = "/",
    again: Annotated[str, Form(max_length=50_000)] = "",
) -> Response:
    """Begin a session, or say what was wrong; what was typed stays, but for the password.

    *again*: a form that came after the last session had ended. It is shown to be sent, never sent by itself.
    """
    if not security.same_site(request):
        raise ForeignForm
    headers: dict[str, str] = {"accept-language": visit.language}
    if request.client is not None:
        headers["x-forwarded-for"] = request.client.host
    try:
        body = {"staff_no": staff_no, "password": password}
        answer = await visit.console.apis.ask("POST", "registry", "/sign-in", headers, json=body)
    except Problem as problem:
        typed = {"to": own_page(to), "staff_no": staff_no, "again": Again.read(again)}
        return visit.page("sign_in.html", problem.status, **typed, problem=problem)
    session = Session.begun(answer)
    unsent = Again.read(again)
    own = unsent is not None and own_page(unsent.path) == unsent.path
    begun = replace(visit, session=session)
    response = begun.page("again.html", again=unsent) if own else visit.to(own_page(to))
    keep(response, visit.console, session)
    if LANGUAGE not in request.cookies:
        keep_language(response, visit.console, _known(answer["officer"]["language"], visit))
    log.info("console.signed_in", by=session.staff_no)
    return response


@router.post("/sign-out")
async def sign_out(posted: APosted) -> Response:
    """End the session, here and at the registry."""
    visit = posted.visit
    body = {"refresh_token": visit.signed_in.refresh_token}
    try:
        await visit.console.apis.ask("POST", "registry", "/sign-out", {}, json=body)
    except Problem as problem:
        log.warning("console.sign_out_failed", code=problem.code)
    response = visit.to("/sign-in")
    keep(response, visit.console, None)
    return response


@router.post("/language")
async def language(
    request: Request,
    visit: AVisit,
    to: Annotated[str, Form(max_length=2_500)] = "/",
    chosen: Annotated[str, Form(alias="language", max_length=10)] = "",
) -> Response:
    """Show the pages in the other language."""
    if not security.same_site(request):
        raise ForeignForm
    response = visit.to(own_page(to))
    keep_language(response, visit.console, _known(chosen, visit))
    return response


def _known(language: str, visit: Visit) -> Language:
    return next((each for each in LANGUAGES if each == language), visit.language)
