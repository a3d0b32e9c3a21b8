"""What goes over the streams as one AsyncAPI 3.0 document, made of the events and the groups as the code has them."""

from typing import Any, Final

from services.contracts.events import EVENT_TYPES, GROUPS

VERSION: Final = "3.0.0"
SCHEMAS: Final = "./{type}.json"
"""Where the schema of a message stands, seen from the document."""


def document() -> dict[str, Any]:
    """Return the document: a channel for each stream, its owner sends, each group receives."""
    return {
        "asyncapi": VERSION,
        "info": {
            "title": "Nyekrup",
            "version": "1",
            "description": "Facts of referrals, offices, people and messages. Ids and codes only, at least once each.",
        },
        "defaultContentType": "application/json",
        "channels": {stream: _channel(stream) for stream in GROUPS},
        "operations": dict(operation for stream in GROUPS for operation in _operations(stream)),
        "components": {"messages": {each: _message(each) for each in EVENT_TYPES}},
    }


def _channel(stream: str) -> dict[str, Any]:
    types = [each for each, event in EVENT_TYPES.items() if event.stream == stream]
    messages = {each: {"$ref": f"#/components/messages/{each}"} for each in types}
    return {"address": stream, "description": f"The stream of the part {stream}.", "messages": messages}


def _operations(stream: str) -> list[tuple[str, dict[str, Any]]]:
    channel = {"channel": {"$ref": f"#/channels/{stream}"}}
    heard = [(f"{group}.hears.{stream}", {"action": "receive", **channel}) for group in GROUPS[stream]]
    return [(f"{stream}.tells", {"action": "send", **channel}), *heard]


def _message(event_type: str) -> dict[str, Any]:
    return {
        "name": event_type,
        "contentType": "application/cloudevents+json",
        "payload": {"$ref": SCHEMAS.format(type=event_type)},
    }
