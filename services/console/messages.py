"""The messages about one case, as the desks heard of it."""

from typing import Any

from services.console.apis import Problem
from services.console.visit import Visit


async def messages_of(visit: Visit, case: str) -> list[dict[str, Any]]:
    """Return what was told of *case*, which is its address; nothing where that cannot be said."""
    try:
        found: list[dict[str, Any]] = await visit.api.get("notify", f"{case}/messages")
    except Problem:
        return []
    return found
