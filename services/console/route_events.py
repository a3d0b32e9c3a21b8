"""What goes over the streams, for whoever builds on it: an AsyncAPI document, and the schema of each message."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from services.console.visit import AVisit
from services.contracts.asyncapi import document
from services.contracts.events import EVENT_TYPES
from services.contracts.schemas import message_schema

router = APIRouter(prefix="/operate/events")


@router.get("/asyncapi.json")
async def asyncapi(visit: AVisit) -> JSONResponse:
    """The document. It says nothing that is not in the code, but it is for people who are signed in."""
    _ = visit.signed_in
    return JSONResponse(document())


@router.get("/{event_type}.json")
async def schema(event_type: str, visit: AVisit) -> JSONResponse:
    """The schema of one message, as the document refers to it."""
    _ = visit.signed_in
    known = event_type in EVENT_TYPES
    return JSONResponse(message_schema(event_type) if known else {}, 200 if known else 404)
