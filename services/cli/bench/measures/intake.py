"""How many referrals a second come in, everything on, until each is routed and offered and its clock is armed."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from statistics import median
from typing import Any
from uuid import uuid4

from services.cli.bench.figures import Figure
from services.cli.bench.ground import Ground
from services.cli.bench.sizes import Size
from services.contracts.codes import Agency, ClockName, LegalBasis, Mark, Priority, Service
from services.contracts.ids import FamilyId, ReferralId, RegionCode, UnitId
from services.contracts.lifecycle import State
from services.contracts.snapshot import Due, NextMark, Snapshot

FLOOR = "services.cli.bench.floors.workflows"


async def measure_intake(ground: Ground, size: Size) -> Sequence[Figure]:
    """Return `intake_rate`: the median over rounds that alternate with the floor's."""
    await ground.prepare_needs(size.intake * (size.intake_rounds + 1))
    await ground.catch_up(60)
    await ground.refer(max(size.intake // 10, 1))
    ours, floors = [], []
    for number in range(size.intake_rounds):
        ground.tell(f"intake, round {number + 1} of {size.intake_rounds}")
        ours.append(size.intake / await _taken_in(ground, size))
        floors.append(size.intake / await _bare(ground, size))
    return (Figure("intake_rate", median(ours), "referrals/s", median(floors)),)


async def _taken_in(ground: Ground, size: Size) -> float:
    """Return the seconds from the first draft until all are offered and nothing is behind."""
    load = ground.load(
        "intake", limits="intake_rate", needs=ground.take_needs(size.intake), clients=size.intake_clients
    )  # fmt: skip
    answer = await load
    answered = time.perf_counter()
    await ground.until_offered(answer["referrals"])
    await ground.catch_up(120)
    ground.offered += answer["referrals"]
    return float(answer["seconds"]) + time.perf_counter() - answered


async def _bare(ground: Ground, size: Size) -> float:
    servers = ground.stack.servers
    job: dict[str, Any] = {
        "count": size.intake,
        "clients": size.intake_clients,
        "temporal_address": servers.temporal_address,
        "namespace": servers.temporal_namespace,
        "snapshot": _snapshot().model_dump(mode="json", exclude_none=True),
    }
    # Mails of the round before are still on their way, and the floor sends none.
    await ground.stack.hold_down("notify")
    answer = await ground.process(FLOOR, job)
    await ground.stack.bring_up("notify")
    return float(answer["seconds"])


def _snapshot() -> Snapshot:
    """Return a snapshot as large as an offered referral's."""
    now = datetime.now(UTC)
    clock, mark = ClockName.ACKNOWLEDGE, Mark.HALF
    return Snapshot(
        referral_id=ReferralId(uuid4()),
        number="26-000001-0",
        version=2,
        state=State.OFFERED,
        attempt=1,
        family_id=FamilyId(uuid4()),
        unit_from=UnitId("dinsos-35.15.08"),
        unit_to=UnitId("bkkbn-35.15.08"),
        agency_from=Agency.DINSOS,
        service=Service.TPK_DAMPING,
        priority=Priority.NORMAL,
        region=RegionCode("35.15.08.2001"),
        restricted=False,
        basis=LegalBasis.PUBLIC_TASK,
        policy_version="standard-1",
        calendar_version="id-2026.1",
        asked=(UnitId("bkkbn-35.15.08"),),
        clocks=(Due(clock=clock, due_at=now, next_mark=mark, next_mark_at=now),),
        next_mark=NextMark(clock=clock, mark=mark, at=now),
    )
