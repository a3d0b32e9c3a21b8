"""How many referrals a second come in, everything on, until each is routed and offered and its clock is armed."""

import asyncio
import time
from collections.abc import Sequence
from statistics import median
from typing import Any

from temporalio.client import Client

from services.cli.bench.figures import Figure
from services.cli.bench.floors.workflows import LAST_ASKED
from services.cli.bench.ground import Ground
from services.cli.bench.measures.example import offered_snapshot
from services.cli.bench.sizes import Size

FLOOR = "services.cli.bench.floors.workflows"


async def measure_intake(ground: Ground, size: Size) -> Sequence[Figure]:
    """Return `intake_rate`: the median over rounds that alternate with the floor's."""
    await ground.prepare_needs(size.intake * (size.intake_rounds + 1))
    await ground.catch_up(60)
    await ground.refer(max(size.intake // 10, 1))
    servers = ground.stack.servers
    client = await Client.connect(servers.temporal_address, namespace=servers.temporal_namespace)
    ours, floors = [], []
    for number in range(size.intake_rounds):
        ground.tell(f"intake, round {number + 1} of {size.intake_rounds}")
        ours.append(size.intake / await _taken_in(ground, client, size))
        floors.append(size.intake / await _bare(ground, size))
    return (Figure("intake_rate", median(ours), "referrals/s", median(floors)),)


async def _taken_in(ground: Ground, client: Client, size: Size) -> float:
    """Return the seconds from the first draft until all are offered, nothing is behind and the last workflows sleep."""
    load = ground.load(
        "intake", limits="intake_rate", needs=ground.take_needs(size.intake), clients=size.intake_clients
    )  # fmt: skip
    answer = await load
    answered = time.perf_counter()
    await ground.until_offered(answer["referrals"])
    await ground.catch_up(120)
    await asyncio.gather(*(_asleep(client, each) for each in answer["referrals"][-LAST_ASKED:]))
    ground.offered += answer["referrals"]
    return float(answer["seconds"]) + time.perf_counter() - answered


async def _asleep(client: Client, referral: str) -> None:
    """Return when the workflow has done all its work so far: an answer comes after it. So the floor waits, too."""
    await client.get_workflow_handle(f"referral/{referral}").query("snapshot")


async def _bare(ground: Ground, size: Size) -> float:
    servers = ground.stack.servers
    job: dict[str, Any] = {
        "count": size.intake,
        "clients": size.intake_clients,
        "temporal_address": servers.temporal_address,
        "namespace": servers.temporal_namespace,
        "snapshot": offered_snapshot(),
    }
    # Mails of the round before are still on their way, and the floor sends none.
    await ground.stack.hold_down("notify")
    answer = await ground.process(FLOOR, job)
    await ground.stack.bring_up("notify")
    return float(answer["seconds"])
