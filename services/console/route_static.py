"""The files that pages need: ours, and htmx as its wheel carries it. Their names change with their content."""

import hashlib
from functools import cache
from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import Response

router = APIRouter()

_OWN = Path(__file__).parent / "static"
_KINDS = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
_FILES = {each.name: each for each in _OWN.iterdir() if each.suffix in _KINDS}
_FILES["htmx.js"] = files("django_htmx") / "static" / "django_htmx" / "htmx-2.min.js"  # type: ignore[assignment]
_A_YEAR = "public, max-age=31536000, immutable"


@cache
def content(name: str) -> bytes:
    """Return the file called *name*. Raises KeyError."""
    return _FILES[name].read_bytes()


@cache
def address(name: str) -> str:
    """Return the address of *name*, which is another one when its content is."""
    return f"/static/{hashlib.sha256(content(name)).hexdigest()[:12]}/{name}"


@router.get("/static/{mark}/{name}")
async def static(mark: str, name: str) -> Response:
    """A file, to be kept for a year: another content has another address."""
    if name not in _FILES:
        return Response(status_code=404)
    return Response(content(name), media_type=_KINDS[Path(name).suffix], headers={"cache-control": _A_YEAR})
