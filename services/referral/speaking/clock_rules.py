"""Which clocks of a speaker request run, and what a step does to them. Source: docs/speaking.md, clocks."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from services.contracts.codes import Priority
from services.contracts.speaking.codes import SessionStatus, SpeakerClock, SpeakerParkReason
from services.contracts.speaking.lifecycle import HAS_SPEAKER, UNAGREED, SpeakerAction, SpeakerState
from services.referral import clocks
from services.referral.clock_rules import Scene
from services.referral.clocks import Clock, Status, Timing
from services.referral.speaking.domain import Session, SpeakerRequest
from services.referral.speaking.plans import plan
from services.referral.worktime import ZERO, Span

C, S = SpeakerClock, SpeakerState

SPEAKER_RUNS: Final[Mapping[SpeakerState, tuple[SpeakerClock, ...]]] = MappingProxyType(
    {
        S.SEEKING: (C.SEEK,),
        S.OFFERED: (C.ACKNOWLEDGE,),
        S.PROPOSED: (C.ANSWER,),
        S.COUNTERED: (C.COUNTER,),
        S.AGREED: (),
        S.REPORTING: (C.REPORT,),
        S.REPORTED: (C.FEEDBACK,),
        S.HELD: (),
        S.NOT_HELD: (),
    }
)
"""What each state runs; beside it run what the sessions, a move and a missing speaker need."""
BEFORE: Final[Mapping[SpeakerClock, timedelta]] = MappingProxyType(
    {C.WEEK_BEFORE: timedelta(days=7), C.DAY_BEFORE: timedelta(days=1)}
)
"""How long before a session both sides are reminded of it."""


def timing(name: SpeakerClock, request: SpeakerRequest, scene: Scene) -> Timing[SpeakerAction]:
    """Return how clock *name* of *request* goes on after its due date."""
    return scene.by(plan(name, request), name, request)


def moments(request: SpeakerRequest, scene: Scene) -> dict[SpeakerClock, datetime]:
    """Return the clocks of *request* that end at a moment, with that moment."""
    found = dict(_of_the_dates(request, scene)) if request.state in UNAGREED else {}
    ahead = request.having(SessionStatus.AGREED)
    if ahead:
        found[C.SESSION] = min(session.ends_at for session in ahead)
    for name, before in BEFORE.items():
        untold = [session.starts_at - before for session in ahead if name not in session.told]
        if untold:
            found[name] = min(untold)
    return found


def _of_the_dates(request: SpeakerRequest, scene: Scene) -> Iterator[tuple[SpeakerClock, datetime]]:
    if request.parked is SpeakerParkReason.DATES_PASSED:
        return
    last = last_moment(request)
    yield C.LAST_DATE, last
    first = next_wanted(request, scene.now)
    if first is not None:
        lead = scene.policy.spans["dates_lead"]
        # Asked for late, nobody is told at once that it is late: a third of what is left is the unit's.
        yield C.DATES, max(first - lead.amount, scene.now + (first - scene.now) / 3)


def last_moment(request: SpeakerRequest) -> datetime:
    """Return the moment from which on *request* cannot be agreed to any more as it stands."""
    planned = request.having(SessionStatus.PLANNED)
    return planned[0].starts_at if planned else request.wish.last


def next_wanted(request: SpeakerRequest, now: datetime) -> datetime | None:
    """Return the earliest moment from *now* on that is planned, agreed, or wanted where nothing is planned yet."""
    sessions = request.having(SessionStatus.PLANNED, SessionStatus.AGREED)
    starts = [session.starts_at for session in sessions]
    if not starts and request.state in UNAGREED:
        starts = [each.starts_at for each in request.wish.times]
    return min((start for start in starts if start >= now), default=None)


def priority(request: SpeakerRequest, scene: Scene) -> Priority:
    """Return how urgent *request* is: the fewer days are left, the faster its ladders climb."""
    ahead = next_wanted(request, scene.now)
    if ahead is None:
        return Priority.NORMAL
    left = ahead - scene.now
    if left <= scene.policy.spans["urgent_within"].amount:
        return Priority.URGENT
    return Priority.HIGH if left <= scene.policy.spans["high_within"].amount else Priority.NORMAL


def running_in(request: SpeakerRequest) -> tuple[SpeakerClock, ...]:
    """Return the clocks of *request* that have a length of their own."""
    names = [*SPEAKER_RUNS[request.state]]
    ahead = request.having(SessionStatus.PLANNED, SessionStatus.AGREED)
    if request.state in HAS_SPEAKER and request.speaker is None and (ahead or request.state is S.COUNTERED):
        names.append(C.REPLACE)
    if request.move is not None:
        names.append(C.MOVE)
    return tuple(names)


def clocks_after(
    before: SpeakerRequest, after: SpeakerRequest, scene: Scene
) -> dict[SpeakerClock, Clock[SpeakerClock]]:
    """Return the clock book of *after*, which a step made of *before*."""
    if not after.live:
        return {}
    book = {name: _lasting(name, before, after, scene) for name in running_in(after)}
    for name, at in moments(after, scene).items():
        book[name] = _at(name, at, before, after, scene)
    return book


def _lasting(name: SpeakerClock, before: SpeakerRequest, after: SpeakerRequest, scene: Scene) -> Clock[SpeakerClock]:
    old = before.clocks.get(name)
    if old is not None and old.status is Status.RUNNING and not _begins_anew(name, before, after):
        return old
    span = scene.policy.span(name, after.priority)
    return clocks.start(name, span, scene.now, timing(name, after, scene))


def _begins_anew(name: SpeakerClock, before: SpeakerRequest, after: SpeakerRequest) -> bool:
    """True where the same name waits for something else than before."""
    if name is C.MOVE:
        return before.move != after.move
    if name is C.REPLACE:
        return False
    if name is C.REPORT:
        return _first_over(before) != _first_over(after)
    return before.state is not after.state or before.parked is not after.parked


def _first_over(request: SpeakerRequest) -> int | None:
    over: tuple[Session, ...] = request.having(SessionStatus.OVER)
    return over[0].no if over else None


def _at(
    name: SpeakerClock, at: datetime, before: SpeakerRequest, after: SpeakerRequest, scene: Scene
) -> Clock[SpeakerClock]:
    old = before.clocks.get(name)
    if old is not None and old.status is Status.RUNNING and _same_moment(name, old, at, before, after):
        return old
    span = Span(max(at - scene.now, ZERO), working=False)
    return clocks.start(name, span, scene.now, timing(name, after, scene))


def _same_moment(
    name: SpeakerClock, old: Clock[SpeakerClock], at: datetime, before: SpeakerRequest, after: SpeakerRequest
) -> bool:
    """True where clock *old* still leads to what is waited for. `dates` climbs anew for whoever is to move next."""
    if name is C.DATES:
        return before.state is after.state and last_moment(before) == last_moment(after)
    return old.due_at == at
