"""Whatever people do with a speaker request, and whatever the clock does in between: the invariants hold."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.contracts.lifecycle import Party
from services.contracts.refusals import STATUS, Refused
from services.contracts.speaking import codes
from services.contracts.speaking.codes import AgeGroup, SessionStatus
from services.contracts.speaking.lifecycle import SPEAKER_FINAL, SPEAKER_RULES, SpeakerAction, SpeakerState
from services.referral import clocks
from services.referral.actors import Actor
from services.referral.clocks import Status
from services.referral.speaking import orders
from services.referral.speaking.bookings import bookings
from services.referral.speaking.clock_rules import timing
from services.referral.speaking.domain import SpeakerRequest
from services.referral.speaking.guards import possible
from services.referral.speaking.sides import parties
from services.referral.speaking.transition import act, act_by_system, as_sessions_stand, fire
from services.referral.speaking.whose_move import waits_for
from tests.unit.scenes import (
    BKKBN_KAB_UNIT,
    BKKBN_PROVINCE,
    DINSOS_COORDINATOR,
    MONDAY_10,
    OFFICES,
    OPERATOR,
    TKSK_SUPERVISOR,
)
from tests.unit.scenes import officer as officer_of
from tests.unit.speaking_scenes import (
    ASKER,
    SPEAKER,
    UNIT_WORKER,
    a_request,
    agreed,
    fortnightly,
    offered,
    proposed,
    scene,
    time,
)

PEOPLE = (ASKER, TKSK_SUPERVISOR, DINSOS_COORDINATOR, OPERATOR, UNIT_WORKER, officer_of("bkkbn-35"))
PAUSES = tuple(timedelta(**pause) for pause in ({"minutes": 1}, {"hours": 5}, {"days": 1}, {"days": 6}, {"days": 25}))
Begin = Callable[[SpeakerRequest], SpeakerRequest]
BEGINS: tuple[Begin, ...] = (offered, proposed, agreed)
BY_THE_SYSTEM = (SpeakerAction.OFFER, SpeakerAction.SPEAKER_LEFT)


def _order(data: st.DataObject, action: SpeakerAction, now: datetime) -> orders.SpeakerOrder:
    """Return an order for *action*, with whatever it may say."""
    kind = orders.SPEAKER_ORDERS[action]
    ahead = now.replace(hour=2, minute=0) + timedelta(days=data.draw(st.integers(0, 40)))
    choice = orders.Wanted(times=(time(ahead), time(ahead + timedelta(days=3))))
    series = orders.Wanted(series=orders.Series(first=time(ahead), every_days=7, times=3))
    said: dict[str, Any] = {
        "unit": st.sampled_from([BKKBN_KAB_UNIT, BKKBN_PROVINCE]),
        "when": st.sampled_from([choice, series]),
        "speaker": st.just(SPEAKER),
        "session": st.integers(1, 3),
        "time": st.just(time(ahead)),
        "text": st.just("made up"),
    }
    fields = {name: data.draw(said[name]) for name in kind.model_fields if name in said}
    if kind is orders.Report:
        came, missed = {"attendance": {AgeGroup.UNDER_10: 3}}, {"reason": codes.MissReason.OTHER}
        fields |= data.draw(st.sampled_from([came, missed]))
    elif "reason" in kind.model_fields:
        reasons: Any = kind.model_fields["reason"].annotation
        fields["reason"] = data.draw(st.sampled_from(list(reasons)))
    return kind(**fields)


def _moved(data: st.DataObject, request: SpeakerRequest, now: datetime) -> SpeakerRequest:
    here = scene(now)
    match data.draw(st.sampled_from(["clock", "person", "person", "anybody", "system"])):
        case "person":
            mays = [(who, each) for who in PEOPLE for each in possible(request, who, _who(who, request), here)]
            actor, action = data.draw(st.sampled_from(mays))
        case "anybody":
            actor, action = data.draw(st.sampled_from(PEOPLE)), data.draw(st.sampled_from([*orders.SPEAKER_ORDERS]))
        case "system":
            asked = orders.Offer(unit=data.draw(st.sampled_from([BKKBN_KAB_UNIT, BKKBN_PROVINCE])))
            return act_by_system(request, data.draw(st.sampled_from(BY_THE_SYSTEM)), here, asked).after
        case _:
            return _ticked(request, now)
    order = _order(data, action, now)
    return act(request, order, actor, here, expected_version=request.acted_version).after


def _who(actor: Actor, request: SpeakerRequest) -> frozenset[Party]:
    return parties(actor, request, OFFICES)


def _ticked(request: SpeakerRequest, now: datetime) -> SpeakerRequest:
    here, mark = scene(now), request.next_mark
    if mark is None:
        return request
    clock = request.clocks[mark.clock]
    due = clocks.due_now(clock, now, timing(clock.name, request, here))
    return fire(request, clock.name, due, here).after if due else request


@settings(max_examples=300, deadline=None)
@given(data=st.data(), begin=st.sampled_from(BEGINS), series=st.booleans(), length=st.integers(8, 40))
def test_no_walk_leaves_the_rules(data: st.DataObject, begin: Begin, series: bool, length: int) -> None:
    request, now = begin(a_request(times=fortnightly() if series else ())), MONDAY_10
    for _ in range(length):
        now += data.draw(st.sampled_from(PAUSES))
        before = request
        if not request.live:
            break
        try:
            request = _moved(data, request, now)
        except Refused as refused:
            known, untouched = refused.code in STATUS, request is before
            assert known and untouched, "a refused action has a code and leaves no trace"  # noqa: PT018
            continue
        _check(before, request)


def _check(before: SpeakerRequest, after: SpeakerRequest) -> None:
    assert after.version in {before.version, before.version + 1}, "one event per accepted action"
    if after.state in SPEAKER_FINAL:
        assert not after.clocks, "nothing waits after the end"
        assert waits_for(after) is None
        assert after.closed_at is not None
        assert (after.not_held is None) is (after.state is SpeakerState.HELD), "no end without a session lacks a reason"
        assert not list(bookings(after)), "nobody is kept busy by what is over"
    else:
        assert after.next_mark is not None, "something is always armed"
    _check_sessions(after)


def _check_sessions(request: SpeakerRequest) -> None:
    assert len({each.no for each in request.sessions}) == len(request.sessions), "numbers stay"
    if request.having(SessionStatus.PLANNED):
        assert request.state is SpeakerState.PROPOSED
    if request.state in {SpeakerState.AGREED, SpeakerState.REPORTING, SpeakerState.REPORTED}:
        assert as_sessions_stand(request) is request.state
    if request.move is not None:
        moved = request.session(request.move.no)
        assert moved is not None
        assert moved.status is SessionStatus.AGREED, "only what is agreed and ahead is moved"
    if request.state is SpeakerState.SEEKING:
        assert request.unit_to is None
        assert request.speaker is None
    running = {name for name, clock in request.clocks.items() if clock.status is Status.RUNNING}
    assert running == set(request.clocks)


def test_what_a_person_may_do_has_an_order() -> None:
    for (_, action), cell in SPEAKER_RULES.items():
        assert action in orders.SPEAKER_ORDERS or cell.by == {Party.SYSTEM}
