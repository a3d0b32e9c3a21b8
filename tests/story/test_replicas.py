"""Several processes of one part: what one of them heard holds in all of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import uuid4

import pytest

from deploy.local.environment import module_argv, part_env
from deploy.local.parts import NOTIFY, REFERRAL, REGISTRY, Part
from deploy.local.ports import HOST, free_port
from deploy.local.probe import answers_ready
from deploy.local.stack import Stack
from services.cli.stories.people import NotDone, Person
from services.cli.stories.stage import Stage

ASKED = {"registry": "/me", "referral": "/queues/unit", "notify": "/inbox"}


@asynccontextmanager
async def _second(part: Part, stack: Stack, stage: Stage) -> AsyncIterator[str]:
    """Run another process of *part* that answers people and consumes nothing; yield its address."""
    port = free_port()
    env = part_env({**stack.settings(part), "NYEKRUP_HTTP_PORT": str(port)})
    argv, folder = [*module_argv(part.module), "--only", "api"], stack.home.folder("run")
    log = stack.home.log_file(f"{part.name}-2").open("ab")
    process = await asyncio.create_subprocess_exec(*argv, env=env, stdout=log, stderr=log, cwd=folder)
    try:
        await stage.until(lambda: answers_ready(port), f"a second {part.name} answers")
        yield f"http://{HOST}:{port}"
    finally:
        process.terminate()
        await process.wait()
        log.close()


async def _refused(who: Person, address: str) -> str | None:
    """Return the code with which *who*'s token is refused at *address*."""
    try:
        await who.get(address)
    except NotDone as refused:
        return refused.code
    return None


@pytest.mark.timeout(120)
async def test_who_has_left_is_refused_also_by_a_process_that_did_not_hear_of_it(stack: Stack, stage: Stage) -> None:
    leaver, lead = stage.tksk_2, stage.tksk_supervisor
    async with AsyncExitStack() as running:
        addresses = [
            await running.enter_async_context(_second(part, stack, stage)) + ASKED[part.name]
            for part in (REGISTRY, REFERRAL, NOTIFY)
        ]
        assert [await _refused(leaver, address) for address in addresses] == [None, None, None]
        leave = f"{lead.addresses.registry}/officers/{leaver.officer['id']}/leave"
        await lead.post(leave, {}, key=uuid4())
        for address in addresses:

            async def refused(address: str = address) -> bool:
                return await _refused(leaver, address) == "auth.left"

            await stage.until(refused, f"the token is refused at {address}")
