"""What lets the pages be installed, read without a line, and forms be sent once it is back."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from services.console.route_static import address, content
from services.console.visit import AVisit

router = APIRouter()

_NEVER_OLD = {"cache-control": "no-cache"}


@router.get("/worker.js")
async def worker() -> Response:
    """The service worker, with what it shares with the pages; at the root, because it looks after all of them."""
    return Response(content("waiting.js") + content("worker.js"), media_type="text/javascript", headers=_NEVER_OLD)


@router.get("/manifest.webmanifest")
async def manifest(request: Request) -> JSONResponse:
    """What a phone asks to install the pages like an application."""
    said: dict[str, Any] = {
        "name": "Nyekrup",
        "short_name": "Nyekrup",
        "start_url": "/",
        "display": "standalone",
        "lang": "id",
        "background_color": "#f3f6f4",
        "theme_color": "#0b5c4a",
        "icons": [{"src": address("icon.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return JSONResponse(said, media_type="application/manifest+json", headers=_NEVER_OLD)


@router.get("/unsent")
async def unsent(visit: AVisit) -> Response:
    """The page of what waits in this browser; a script fills it in."""
    assert visit.signed_in
    return visit.page("unsent.html")


@router.get("/session")
async def session(visit: AVisit) -> JSONResponse:
    """Who is signed in at this browser, and what its forms bring; nobody where the sign-in has ended."""
    known = visit.session
    return JSONResponse({"reader": known.officer, "csrf": known.csrf} if known else {"reader": None})
