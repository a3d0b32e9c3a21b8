"""A candidate goes and comes back as its referral does; whatever is heard last of the referral decides."""

from services.contracts.codes import Outcome, Service
from services.contracts.ids import new_id
from services.contracts.lifecycle import State
from tests.integration.registry_fixtures import TKSK, RunningRegistry, recorded, registry
from tests.integration.test_registry_grants import ACCEPTED, BEGUN, CLAIMED, Step, life

__all__ = ["registry"]

DECLINED: Step = ("declined", State.REROUTING, {"unit_to": None})
CLOSED_UNSERVED: Step = ("closed", State.CLOSED, {"outcome": None})
REOPENED: Step = ("reopened", State.TRIAGE, {"outcome": None})
REFUSED: Step = ("confirmed", State.CLOSED, {"outcome": Outcome.REFUSED})
SERVED: Step = ("confirmed", State.CLOSED, {"outcome": Outcome.SERVED_FULL})
VOID: Step = ("voided", State.VOID, {})


async def test_a_candidate_is_gone_while_its_referral_lives_or_has_helped_and_back_when_it_helped_nobody(
    registry: RunningRegistry,
) -> None:
    family = (await recorded(registry, TKSK))["id"]
    await registry.rows(
        "INSERT INTO candidate (family, service, agency, list, list_family, region, urgency, priority, rule,"
        " map_version, pk_family) VALUES (:family, 'TPK-DAMPING', 'dinsos', 'dtsen', 'C-1', '35.15.08.2001', 2,"
        " 'normal', 'companion', 'triage-2026.1', 'C-1')",
        family=family,
    )  # fmt: skip
    steps: list[Step] = []
    expected = [
        (BEGUN, False), ((CLAIMED, DECLINED), False), ((CLOSED_UNSERVED,), True), ((REOPENED,), False),
        ((REFUSED,), True), ((REOPENED,), False), ((ACCEPTED, SERVED), False), ((VOID,), True),
    ]  # fmt: skip
    fields = {"service": Service.TPK_DAMPING, "referral_id": new_id(), "number": "26-990001-1"}
    try:
        assert await _proposed(registry, family)
        for more, open_again in expected:
            heard = len(steps)
            steps += more
            await registry.hear(life(family, steps, **fields)[heard:])
            assert await _proposed(registry, family) is open_again, steps[-1]
    finally:
        await registry.rows("DELETE FROM candidate WHERE pk_family = 'C-1'")


async def _proposed(registry: RunningRegistry, family: str) -> bool:
    found = (await registry.get("/candidates", TKSK, family=family)).json()["candidates"]
    return [each["service"] for each in found] == ["TPK-DAMPING"]
