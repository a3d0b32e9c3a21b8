"""What a program of one of the parts tells, line by line as JSON, for commands that show it to people."""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from typing import Any

from deploy.local.environment import module_argv, part_env


class EndedEarly(Exception):
    """The program ended before it told that it was finished."""


async def told_by(module: str, *arguments: str, env: Mapping[str, str]) -> AsyncGenerator[dict[str, Any], None]:
    """Yield what *module* tells, the last line with `finished` in it. Closed early, it ends the program.

    Raises EndedEarly.
    """
    process = await asyncio.create_subprocess_exec(
        *module_argv(module), *arguments, env=part_env(env), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    told: dict[str, Any] = {}
    try:
        async for line in process.stdout:
            told = json.loads(line)
            yield told
        code = await process.wait()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if "finished" not in told:
        raise EndedEarly(f"{module} ended in the middle (code {code}).")
