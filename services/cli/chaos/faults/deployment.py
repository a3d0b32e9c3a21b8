"""What a deployment does: every part restarted, one by one, and two versions of the workflow code side by side."""

import asyncio

from deploy.local.environment import module_argv
from deploy.local.ports import free_port
from services.cli.chaos.ground import Ground, part_named
from services.cli.chaos.plan import PARTS, Fault

EARLIER = "workflows.earlier"


async def deployed(ground: Ground, fault: Fault) -> None:
    """SIGTERM to each part, and the next one only when it is ready again."""
    for name in PARTS:
        await ground.stack.hold_down(name)
        await ground.stack.bring_up(name)


async def two_versions(ground: Ground, fault: Fault) -> None:
    """A worker with the first release's workflow code beside today's, for a while alone, then beside it again.

    So runs that one version began are taken over by the other, in both directions.
    """
    env = {"NYEKRUP_HTTP_PORT": str(free_port()), "NYEKRUP_INSTANCE": "earlier"}
    async with ground.beside(part_named("workflows"), env=env, argv=module_argv(EARLIER)):
        await asyncio.sleep(fault.seconds / 2)
        await ground.stack.hold_down("workflows")
        try:
            await asyncio.sleep(fault.seconds)
        finally:
            await ground.stack.bring_up("workflows")
        await asyncio.sleep(fault.seconds / 2)
