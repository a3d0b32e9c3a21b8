"""One request of a browser: who it is, in which language, and how it is answered."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID, uuid4

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.console import security
from services.console.apis import Api, Apis, Problem
from services.console.session import Session, opened, sealed
from services.contracts.words import DEFAULT_LANGUAGE, LANGUAGES, Language
from services.kit.clock import Now
from services.kit.crypto import Keyring

SESSION, LANGUAGE = "nyekrup", "nyekrup_language"
_YEAR_SECONDS = 365 * 86_400
_SECRET = frozenset({"csrf", "password"})
_REMEMBERED_SECONDS = 600.0


class NobodySignedIn(Exception):
    """The page is for people who are signed in."""


class ForeignForm(Exception):
    """A form came that no page of this session showed."""


@dataclass(slots=True)
class Console:
    """What all pages share. *secure*: browsers reach the pages over https only, at *public_url*.

    *open_urls*: see the settings.
    """

    apis: Apis
    keyring: Keyring
    now: Now
    secure: bool
    open_urls: Mapping[str, str] = field(default_factory=dict)
    public_url: str = "http://localhost"
    renewals: dict[str, asyncio.Task[Session | None]] = field(default_factory=dict)

    async def renewed(self, session: Session) -> Session | None:
        """Return the session with its next token, None where the sign-in has ended.

        A refresh token is good once. Of two requests that come with one, both get the same next one; and so does a
        browser that lost the answer on a poor line, for as long as the next token lives.
        """
        if session.refresh_token not in self.renewals:
            task = asyncio.create_task(self._renew(session))
            self.renewals[session.refresh_token] = task
            loop = asyncio.get_running_loop()
            loop.call_later(_REMEMBERED_SECONDS, self.renewals.pop, session.refresh_token, None)
        return await asyncio.shield(self.renewals[session.refresh_token])

    async def _renew(self, session: Session) -> Session | None:
        try:
            body = {"refresh_token": session.refresh_token}
            answer = await self.apis.ask("POST", "registry", "/refresh", {}, json=body)
        except Problem as problem:
            if problem.status == 401:
                return None
            self.renewals.pop(session.refresh_token, None)  # no answer is none to remember
            raise
        return Session.begun(answer, session.csrf)


@dataclass(slots=True)
class Visit:
    """*session* is whoever is signed in."""

    console: Console
    request: Request
    session: Session | None
    language: Language

    @classmethod
    def of_nobody(cls, request: Request) -> Self:
        """Return the visit of somebody whose sign-in has ended."""
        return cls(request.app.state.console, request, None, _language(request))

    @property
    def signed_in(self) -> Session:
        if self.session is None:
            raise NobodySignedIn
        return self.session

    @property
    def api(self) -> Api:
        return Api(self.console.apis, self.signed_in.token, self.language)

    @property
    def now(self) -> datetime:
        return self.console.now()

    def page(self, template: str, status: int = 200, **shown: Any) -> HTMLResponse:
        pages = self.request.app.state.pages
        return HTMLResponse(pages.render(template, self, **shown), status)

    def to(self, address: str) -> RedirectResponse:
        """Answer a form: the browser goes on to *address*, and a reload sends nothing again."""
        return RedirectResponse(address, 303)


async def visit(request: Request) -> Visit:
    """FastAPI dependency: the visit, with a fresh token where the old one is about to end."""
    console: Console = request.app.state.console
    session = opened(request.cookies.get(SESSION, ""), console.keyring)
    if session is not None and session.outdated(console.now()):
        session = await console.renewed(session)
        request.state.renewed = session
    return Visit(console, request, session, _language(request))


AVisit = Annotated[Visit, Depends(visit)]


@dataclass(slots=True)
class Posted:
    """A form that was sent, from a page of this session. *key*: made with the page, so that sent twice it acts once."""

    visit: Visit
    form: FormData

    @property
    def key(self) -> UUID:
        try:
            return UUID(self.text("key"))
        except ValueError:
            return uuid4()

    def uuid(self, name: str) -> UUID:
        """Return an id that the page gave to the form. Raises ForeignForm where it is none."""
        try:
            return UUID(self.text(name))
        except ValueError:
            raise ForeignForm from None

    def text(self, name: str) -> str:
        value = self.form.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def typed(self) -> Mapping[str, str]:
        """Return all that was typed, to show it again."""
        return {name: value for name, value in self.form.items() if isinstance(value, str)}


@dataclass(frozen=True, slots=True)
class Again:
    """A form that could not be taken, to be sent once more by whoever filled it in. *fields*: nothing secret."""

    path: str
    fields: Sequence[tuple[str, str]]

    @classmethod
    def of(cls, path: str, form: FormData) -> Self:
        written = ((name, value) for name, value in form.multi_items() if isinstance(value, str))
        return cls(path, [(name, value) for name, value in written if name not in _SECRET])

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Return what `told` wrote; None of anything else."""
        try:
            path, fields = json.loads(text)
            return cls(str(path), [(str(name), str(value)) for name, value in fields])
        except (ValueError, TypeError):
            return None

    @property
    def told(self) -> str:
        return json.dumps([self.path, list(self.fields)])


async def posted(request: Request, visit: AVisit) -> Posted:
    """FastAPI dependency: the form. Raises NobodySignedIn, ForeignForm."""
    form = await request.form()
    request.state.again = Again.of(request.url.path, form)
    sent = form.get("csrf", "")
    if not security.same_site(request) or not security.from_own_page(visit.signed_in, str(sent)):
        raise ForeignForm
    return Posted(visit, form)


APosted = Annotated[Posted, Depends(posted)]


def keep(response: Response, console: Console, session: Session | None) -> None:
    """Let the browser keep *session*; None signs it out."""
    kept: dict[str, Any] = {"httponly": True, "samesite": "lax", "secure": console.secure}
    if session is None:
        response.delete_cookie(SESSION, **kept)
    else:
        response.set_cookie(SESSION, sealed(session, console.keyring), **kept)


def keep_language(response: Response, console: Console, language: Language) -> None:
    response.set_cookie(LANGUAGE, language, max_age=_YEAR_SECONDS, httponly=True, samesite="lax", secure=console.secure)


class Renewed:
    """Around every answer: where the session got its next token meanwhile, the browser gets it too."""

    def __init__(self, app: ASGIApp, console: Console) -> None:
        self._app, self._console = app, console

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start" and "renewed" in scope.get("state", {}):
                headers = MutableHeaders(scope=message)
                if not any(value.startswith(f"{SESSION}=") for value in headers.getlist("set-cookie")):
                    carrier = Response()
                    keep(carrier, self._console, scope["state"]["renewed"])
                    headers.append("set-cookie", carrier.headers["set-cookie"])
            await send(message)

        await self._app(scope, receive, marked if scope["type"] == "http" else send)


def _language(request: Request) -> Language:
    chosen = request.cookies.get(LANGUAGE)
    return next((each for each in LANGUAGES if each == chosen), DEFAULT_LANGUAGE)
