"""Asking the program that links two lists: the part `registry` alone knows how people are compared."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from deploy.local.environment import module_argv, part_env
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
    process = await asyncio.create_subprocess_exec(
        *module_argv(PROGRAM), *files, env=part_env({}), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    told: dict[str, Any] = {}
    try:
        async for line in process.stdout:
            told = json.loads(line)
            if "refused" in told:
                title, detail = refusal(told["refused"], told["facts"], "en")
                raise CannotLink(f"{told['facts'].get('list', '')} {title}".strip(), detail)
            yield told
        code = await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if "finished" not in told:
        raise CannotLink(f"{PROGRAM} ended in the middle (code {code}).", "What it said is above.")
