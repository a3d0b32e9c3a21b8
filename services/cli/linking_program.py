"""Asking the program that links two lists: the part `registry` alone knows how people are compared."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

from services.cli.told import EndedEarly, told_by
from services.contracts.words import refusal

PROGRAM = "services.registry.linking"


class CannotLink(Exception):
    """The lists cannot be linked. *what_next* is what to do about it."""

    def __init__(self, what: str, what_next: str) -> None:
        super().__init__(what)
        self.what_next = what_next


async def steps_of(pk: Path, dtsen: Path, out: Path) -> AsyncIterator[dict[str, Any]]:
    """Yield what the program tells: its steps, and at last what came out (`finished`). Raises CannotLink."""
    files = (word for name, file in (("--pk", pk), ("--dtsen", dtsen), ("--out", out)) for word in (name, str(file)))
    try:
        async with aclosing(told_by(PROGRAM, *files, env={})) as lines:
            async for told in lines:
                if "refused" in told:
                    title, detail = refusal(told["refused"], told["facts"], "en")
                    raise CannotLink(f"{told['facts'].get('list', '')} {title}".strip(), detail)
                yield told
    except EndedEarly as error:
        raise CannotLink(str(error), "What it said is above.") from error
