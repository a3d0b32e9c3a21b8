"""A speaker request of a kecamatan's TKSK in the small pilot world, asked of the kabupaten's OPD KB."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from services.contracts.codes import Agency
from services.contracts.ids import OfficerId, RegionCode, SpeakerRequestId, UnitId
from services.contracts.speaking.codes import AgeGroup, SpokenLanguage, Topic
from services.contracts.speaking.lifecycle import SpeakerAction
from services.contracts.speaking.snapshot import Period
from services.referral import calendars
from services.referral.actors import Actor
from services.referral.clock_rules import Scene
from services.referral.offices import Offices
from services.referral.speaking import orders, policy
from services.referral.speaking.domain import SpeakerRequest, Wish
from services.referral.speaking.transition import act, act_by_system, begin
from tests.unit.scenes import BKKBN_KAB, BKKBN_KAB_UNIT, MONDAY_10, OFFICES, TKSK

ASKER, UNIT_WORKER = TKSK, BKKBN_KAB
SPEAKER = OfficerId(uuid4())
MARCH_2 = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
"""A Monday at 09:00 WIB, four weeks after the scenes begin."""


def scene(now: datetime = MONDAY_10, *, offices: Offices = OFFICES, version: str = "speaking-1") -> Scene:
    return Scene(now, policy.load(version), calendars.load(calendars.newest()), offices)


def time(starts_at: datetime = MARCH_2, hours: float = 2) -> orders.Time:
    return orders.Time(starts_at=starts_at, ends_at=starts_at + timedelta(hours=hours))


def period(starts_at: datetime = MARCH_2, hours: float = 2) -> Period:
    return time(starts_at, hours).period()


def fortnightly(times: int = 3, first: datetime = MARCH_2) -> tuple[Period, ...]:
    return orders.Series(first=time(first), every_days=14, times=times).periods()


def a_request(now: datetime = MONDAY_10, *, times: tuple[Period, ...] = (), **changes: Any) -> SpeakerRequest:
    wish = Wish({AgeGroup.FROM_15_TO_19: 40}, SpokenLanguage.INDONESIAN, times or (period(),), len(times) > 1)
    request = SpeakerRequest(
        id=SpeakerRequestId(uuid4()),
        number="N26-000001-2",
        topic=Topic.GENRE,
        wish=wish,
        region=RegionCode("35.15.08"),
        unit_from=UnitId("dinsos-35.15.08"),
        agency_from=Agency.DINSOS,
        created_by=ASKER.officer,  # type: ignore[arg-type]
        created_at=now,
        policy_version="speaking-1",
        calendar_version=calendars.newest(),
    )
    return begin(replace(request, **changes), scene(now))


def offered(request: SpeakerRequest | None = None, now: datetime = MONDAY_10) -> SpeakerRequest:
    order = orders.Offer(unit=BKKBN_KAB_UNIT)
    return act_by_system(request or a_request(now), SpeakerAction.OFFER, scene(now), order).after


def by(
    request: SpeakerRequest, actor: Actor, order: orders.SpeakerOrder, *, now: datetime = MONDAY_10
) -> SpeakerRequest:
    """Let *actor* do *order* on the newest version."""
    return act(request, order, actor, scene(now), expected_version=request.acted_version).after


def proposed(request: SpeakerRequest | None = None, now: datetime = MONDAY_10) -> SpeakerRequest:
    return by(offered(request, now), UNIT_WORKER, orders.Propose(speaker=SPEAKER), now=now)


def agreed(request: SpeakerRequest | None = None, now: datetime = MONDAY_10) -> SpeakerRequest:
    return by(proposed(request, now), ASKER, orders.Agree(), now=now)
