"""Who may read a family because of a referral: the newest snapshot decides, whatever order the events come in."""

import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.contracts.codes import Agency, LegalBasis, Outcome, Priority, Service
from services.contracts.events import ReferralEvent
from services.contracts.ids import FamilyId, OfficerId, ReferralId, RegionCode, UnitId, new_id
from services.contracts.lifecycle import WITH_RECEIVER, State
from services.contracts.reading import wanted
from services.contracts.snapshot import Snapshot
from tests.integration.registry_fixtures import (
    DPO,
    PKB,
    PKB_2,
    PKB_LEAD,
    TKSK,
    TPK,
    RunningRegistry,
    new_family,
    now,
    registry,
)

__all__ = ["registry"]

DESK, ABOVE = UnitId("bkkbn-35.15.08"), UnitId("bkkbn-35.15")
Step = tuple[str, State, dict[str, Any]]

OFFERED: Step = ("offered", State.OFFERED, {"unit_to": DESK, "attempt": 1})
CLAIMED: Step = ("claimed", State.RECEIVED, {})
ACCEPTED: Step = ("accepted", State.ACCEPTED, {})
REPORTED: Step = ("reported", State.REPORTED, {"outcome": Outcome.SERVED_FULL})
PROPOSED: Step = ("reported", State.REPORTED, {"outcome": Outcome.PROPOSED})
BEGUN: tuple[Step, ...] = (("created", State.DRAFT, {}), ("submitted", State.TRIAGE, {}), OFFERED)
STOPPED: tuple[Step, ...] = (
    *BEGUN,
    CLAIMED,
    ACCEPTED,
    ("consent_withdrawn", State.STOPPING, {}),
    ("stop_received", State.STOPPING, {}),
    ("reminded", State.STOPPING, {}),
)


def life(family: object, steps: Iterable[Step], **fields: Any) -> list[ReferralEvent]:
    """Return the events of one referral of *family*, in their order."""
    snapshot = Snapshot(
        referral_id=ReferralId(new_id()),
        number="NYK-2026-0000001",
        version=0,
        state=State.DRAFT,
        attempt=0,
        family_id=FamilyId(UUID(str(family))),
        unit_from=UnitId("dinsos-35.15.08"),
        agency_from=Agency.DINSOS,
        service=Service.TPK_DAMPING,
        priority=Priority.NORMAL,
        region=RegionCode("35.15.08.2001"),
        restricted=False,
        basis=LegalBasis.PUBLIC_TASK,
        policy_version="standard-1",
        calendar_version="id-2026.1",
    ).model_copy(update=fields)
    events = []
    for fact, state, changes in steps:
        snapshot = snapshot.model_copy(update={"state": state, "version": snapshot.version + 1, **changes})
        events.append(ReferralEvent(fact=fact, snapshot=snapshot))
    return events


async def family_of_dinsos(registry: RunningRegistry, **fields: Any) -> str:
    family = new_family(**fields)
    assert (await registry.post("/families", TKSK, family)).status_code == 201
    return str(family["id"])


async def may_read(registry: RunningRegistry, family: str, by: str) -> bool:
    return (await registry.get(f"/families/{family}", by)).status_code == 200


async def test_an_offer_opens_the_family_to_the_asked_unit_and_to_nobody_else(registry: RunningRegistry) -> None:
    family = await family_of_dinsos(registry)
    assert not await may_read(registry, family, PKB)
    await registry.hear(life(family, BEGUN))
    assert [await may_read(registry, family, by) for by in (PKB, PKB_LEAD, "B-35.15-02")] == [True, True, False]
    disclosed = (await registry.get(f"/families/{family}/audit", DPO)).json()["disclosed"]
    assert [(each["unit"], each["purpose"], each["closed_at"]) for each in disclosed] == [(DESK, "service", None)]


@pytest.mark.parametrize(
    "end",
    [
        ("declined", State.REROUTING, {}),
        ("expired", State.REROUTING, {}),
        ("redirected", State.REROUTING, {}),
        ("recalled", State.CANCELLED, {}),
        ("consent_withdrawn", State.STOPPING, {}),
        ("voided", State.VOID, {}),
    ],
    ids=lambda step: step[0],
)
async def test_the_grant_ends_at_once_when_the_unit_is_done_without_serving(
    registry: RunningRegistry, end: Step
) -> None:
    family = await family_of_dinsos(registry)
    await registry.hear(life(family, [*BEGUN, CLAIMED, end]))
    assert not await may_read(registry, family, PKB)
    assert await may_read(registry, family, TKSK)


@pytest.mark.parametrize("missed", [[], ["declined"]])
async def test_the_next_unit_that_is_asked_reads_and_the_one_before_no_longer(
    registry: RunningRegistry, missed: list[str]
) -> None:
    family = await family_of_dinsos(registry)
    declined: Step = ("declined", State.REROUTING, {})
    again: Step = ("offered", State.OFFERED, {"unit_to": ABOVE, "attempt": 2})
    events = life(family, [*BEGUN, declined, again])
    await registry.hear([event for event in events if event.fact not in missed])
    assert [await may_read(registry, family, by) for by in (PKB, "B-35.15-02")] == [False, True]


async def test_after_a_closed_service_the_family_stays_readable_for_thirty_days(registry: RunningRegistry) -> None:
    async def closed(before: timedelta) -> str:
        family = await family_of_dinsos(registry)
        confirmed: Step = ("confirmed", State.CLOSED, {"closed_at": now() - before})
        await registry.hear(life(family, [*BEGUN, CLAIMED, ACCEPTED, REPORTED, confirmed]))
        return family

    assert await may_read(registry, await closed(timedelta(days=29)), PKB)
    assert not await may_read(registry, await closed(timedelta(days=31)), PKB)
    family = await closed(timedelta())
    await registry.rows("UPDATE access_grant SET expires_at = now() WHERE family = :family", family=family)
    assert not await may_read(registry, family, PKB)


async def test_a_unit_that_is_asked_after_its_proposal_reads_the_family_until_it_answers(
    registry: RunningRegistry,
) -> None:
    family, closed_at = await family_of_dinsos(registry), now() - timedelta(days=100)
    asked, answered = life(family, [*BEGUN, CLAIMED, ACCEPTED, PROPOSED, *_asked_after(closed_at)])[-2:]
    await registry.hear([asked])
    assert [await may_read(registry, family, by) for by in (PKB, "B-35.15-02")] == [True, False]
    await registry.hear([answered])
    assert not await may_read(registry, family, PKB)


async def test_what_ran_out_and_was_opened_again_is_on_the_trail_as_two_disclosures(registry: RunningRegistry) -> None:
    family, closed_at = await family_of_dinsos(registry), now() - timedelta(days=29)
    *before, asked, _ = life(family, [*BEGUN, CLAIMED, ACCEPTED, PROPOSED, *_asked_after(closed_at)])
    await registry.hear(before)
    ran_out = now() - timedelta(days=1)
    await registry.rows("UPDATE access_grant SET expires_at = :at WHERE family = :family", at=ran_out, family=family)
    await registry.hear([asked])
    newest, first = (await registry.get(f"/families/{family}/audit", DPO)).json()["disclosed"]
    assert (newest["closed_at"], newest["expires_at"]) == (None, None)
    assert datetime.fromisoformat(first["closed_at"]) == ran_out


def _asked_after(closed_at: datetime) -> list[Step]:
    """Return a closure as `proposed`, the question what became of it, and its answer."""
    return [
        ("confirmed", State.CLOSED, {"closed_at": closed_at}),
        ("follow_up_asked", State.CLOSED, {"follow_up_open": True}),
        ("followed_up", State.CLOSED, {"follow_up_open": False}),
    ]


async def test_of_a_restricted_family_only_the_assignee_and_the_supervisor_read(registry: RunningRegistry) -> None:
    family = await family_of_dinsos(registry, restricted=True)
    assignee = registry.callers[PKB].officer
    assigned: Step = ("assigned", State.ACCEPTED, {"assignee": assignee})
    await registry.hear(life(family, [*BEGUN, CLAIMED, ACCEPTED, assigned], restricted=True))
    assert [await may_read(registry, family, by) for by in (PKB, PKB_LEAD, PKB_2)] == [True, True, False]


@pytest.mark.parametrize("restricted", [False, True])
async def test_a_village_team_reads_a_family_of_another_village_exactly_while_it_is_assigned_to_her(
    registry: RunningRegistry, restricted: bool
) -> None:
    family = await family_of_dinsos(registry, region="35.15.08.2002", restricted=restricted)
    hers: Step = ("assigned", State.ACCEPTED, {"assignee": registry.callers[TPK].officer})
    another: Step = ("assigned", State.ACCEPTED, {"assignee": registry.callers[PKB].officer})
    events = life(family, [*BEGUN, CLAIMED, ACCEPTED, hers, another], restricted=restricted, region="35.15.08.2002")
    for heard, reads in ((events[:-2], False), (events[-2:-1], True), (events[-1:], False)):
        await registry.hear(heard)
        assert await may_read(registry, family, TPK) == reads


async def test_events_that_come_twice_and_in_any_order_leave_what_the_newest_says(registry: RunningRegistry) -> None:
    chance = random.Random(7)
    lives = [_random_life(chance) for _ in range(40)]
    events = [event for each in lives for event in each] * 2
    chance.shuffle(events)
    await registry.hear(events, twice=True)
    open_grants = await registry.rows(
        "SELECT referral, unit, expires_at FROM access_grant WHERE closed_at IS NULL AND referral = ANY(:ids)",
        ids=[each[0].snapshot.referral_id for each in lives],
    )
    found = {row.referral: (row.unit, row.expires_at) for row in open_grants}
    assert found == dict(filter(None, (_expected(each[-1].snapshot) for each in lives)))
    seen = await registry.rows("SELECT referral, version, state FROM referral_seen")
    newest = {row.referral: (row.version, row.state) for row in seen}
    for each in lives:
        last = each[-1].snapshot
        assert newest[last.referral_id] == (last.version, last.state)


def _expected(last: Snapshot) -> tuple[UUID, tuple[str, datetime | None]] | None:
    grant = wanted(last, now())
    return (last.referral_id, (grant.unit, grant.expires_at)) if grant else None


def _random_life(chance: random.Random) -> list[ReferralEvent]:
    confirmed: Step = ("confirmed", State.CLOSED, {"closed_at": now()})
    ways: Sequence[Sequence[Step]] = (
        [*BEGUN, CLAIMED, ACCEPTED, REPORTED, confirmed],
        [*BEGUN, CLAIMED, ("declined", State.REROUTING, {}), ("offered", State.OFFERED, {"unit_to": ABOVE})],
        [*BEGUN, ("recalled", State.CANCELLED, {})],
        [*BEGUN, CLAIMED, ACCEPTED, PROPOSED, *_asked_after(now() - timedelta(days=100))],
        STOPPED,
    )
    way = chance.choice(ways)
    return life(new_id(), way[: chance.randint(1, len(way))])


async def test_a_lost_event_does_not_matter_for_a_later_one_says_the_same(registry: RunningRegistry) -> None:
    family = await family_of_dinsos(registry)
    events = life(family, [*BEGUN, CLAIMED, ACCEPTED])
    await registry.hear(events[-1:])
    assert await may_read(registry, family, PKB)
    stopped = life(family, STOPPED)
    await registry.hear(stopped[-1:])
    assert len(await registry.facts("stopped", stopped[0].snapshot.referral_id)) == 1


async def test_after_a_withdrawal_the_registry_says_once_that_it_has_stopped(registry: RunningRegistry) -> None:
    chance = random.Random(11)
    lives = [life(new_id(), STOPPED) for _ in range(10)]
    events = [event for each in lives for event in each] * 2
    chance.shuffle(events)
    await registry.hear(events, twice=True)
    for each in lives:
        referral = each[0].snapshot.referral_id
        receipts = await registry.facts("stopped", referral)
        assert len(receipts) == 1
        assert receipts[0]["referral"] == str(referral)
        assert receipts[0]["version"] in {6, 7, 8}


async def test_a_receipt_carries_the_version_by_which_the_registry_knew(registry: RunningRegistry) -> None:
    events = life(new_id(), STOPPED)
    await registry.hear(events[:6])
    await registry.hear(events[6:])
    referral = events[0].snapshot.referral_id
    assert await registry.facts("stopped", referral) == [{"version": 6, "referral": str(referral)}]


async def test_a_family_shows_what_became_of_its_referrals_and_a_unit_how_many_it_has(
    registry: RunningRegistry,
) -> None:
    family = await family_of_dinsos(registry)
    before = (await registry.get(f"/units/{DESK}", TKSK)).json()["open_referrals"]
    events = life(family, [*BEGUN, CLAIMED, ACCEPTED])
    await registry.hear(events)
    await registry.hear(life(family, BEGUN[:1]))
    await registry.hear(life(family, BEGUN, restricted=True))
    history = (await registry.get(f"/families/{family}", TKSK)).json()["history"]
    assert [(each["service"], each["state"], each["unit_to"]) for each in history] == [
        ("TPK-DAMPING", "accepted", "bkkbn-35.15.08")
    ]
    assert (await registry.get(f"/units/{DESK}", TKSK)).json()["open_referrals"] == before + 2


@pytest.mark.parametrize("state", list(State))
def test_a_unit_reads_exactly_while_it_is_asked_or_at_work(state: State) -> None:
    officer = OfficerId(new_id())
    snapshot = life(new_id(), BEGUN, unit_to=DESK)[-1].snapshot.model_copy(update={"state": state, "assignee": officer})
    reads = state in WITH_RECEIVER and state is not State.STOPPING
    assert (wanted(snapshot, now()) is not None) == reads
    assert wanted(snapshot.model_copy(update={"unit_to": None}), now()) is None
