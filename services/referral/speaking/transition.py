"""Taking one step with a speaker request: the table leads, the effect changes, the clocks follow."""

from dataclasses import dataclass, replace

from services.contracts.codes import Mark
from services.contracts.lifecycle import Party
from services.contracts.refusals import Refused
from services.contracts.snapshot import Recipient
from services.contracts.speaking.codes import SessionStatus, SpeakerClock, SpeakerParkReason
from services.contracts.speaking.lifecycle import (
    SpeakerAction,
    SpeakerRule,
    SpeakerState,
    SpeakerTo,
    speaker_rule,
)
from services.referral import clocks
from services.referral.actors import Actor
from services.referral.clock_rules import Scene
from services.referral.speaking import orders, session_effects
from services.referral.speaking.clock_rules import clocks_after, priority, timing
from services.referral.speaking.domain import SpeakerRequest
from services.referral.speaking.effects import SPEAKER_EFFECTS
from services.referral.speaking.guards import guards
from services.referral.speaking.sides import BY_SYSTEM, By, parties, side_of

_ = session_effects  # registers its effects

FromSystem = orders.SpeakerOrder | SpeakerClock | None
"""What an action of the system brings with it, if anything: the unit that is asked, or which reminder goes out."""
_TELLS_THE_SPEAKER = frozenset({SpeakerClock.WEEK_BEFORE, SpeakerClock.DAY_BEFORE, SpeakerClock.FEEDBACK})
_ABOUT_ONE_SESSION = frozenset({SpeakerAction.ANNOUNCE, SpeakerAction.SESSION_OVER})


@dataclass(frozen=True, slots=True)
class SpeakerStep:
    """One accepted action: the request before and after, and the fact to be told; *session*: which one it is about.

    *by_command*: the request's own workflow asked for it and has it from the answer.
    """

    before: SpeakerRequest
    after: SpeakerRequest
    action: SpeakerAction
    fact: str
    told: tuple[Recipient, ...] = ()
    clock: SpeakerClock | None = None
    mark: Mark | None = None
    session: int | None = None
    by_command: bool | None = None

    @property
    def tells_speaker(self) -> bool:
        return self.clock in _TELLS_THE_SPEAKER


def act(
    request: SpeakerRequest, order: orders.SpeakerOrder, actor: Actor, scene: Scene, *, expected_version: int
) -> SpeakerStep:
    """Return the step that *actor* asks for. Raises Refused: stranger, stale, wrong state, wrong person, or a rule."""
    who = parties(actor, request, scene.offices)
    if not who:
        raise Refused("speaking.not_found")
    if expected_version != request.acted_version:
        raise Refused("speaking.changed", number=request.number)
    cell = _cell(request, order.action)
    if not cell.by & who:
        raise Refused("speaking.not_yours", number=request.number, speaker_action=order.action)
    return _step(request, order.action, cell, order, By(actor, side_of(actor, request, who)), scene)


def act_by_system(
    request: SpeakerRequest, action: SpeakerAction, scene: Scene, order: FromSystem = None
) -> SpeakerStep:
    """Return the step that the clock or another part brings about. Raises Refused where the table has no such cell."""
    cell = _cell(request, action)
    if Party.SYSTEM not in cell.by:
        raise Refused("speaking.not_yours", number=request.number, speaker_action=action)
    return _step(request, action, cell, order, BY_SYSTEM, scene)


def _cell(request: SpeakerRequest, action: SpeakerAction) -> SpeakerRule:
    cell = speaker_rule(request.state, action)
    if cell is None:
        raise Refused(
            "speaking.action_not_allowed", number=request.number, speaker_state=request.state, speaker_action=action
        )
    return cell


def begin(request: SpeakerRequest, scene: Scene) -> SpeakerRequest:
    """Return the new *request* with its priority and its clocks."""
    placed = replace(request, priority=priority(request, scene))
    return replace(placed, clocks=clocks_after(request, placed, scene))


def park(request: SpeakerRequest, why: SpeakerParkReason, scene: Scene) -> SpeakerStep:
    """Return the step that leaves the search to who asks, because of *why*."""
    cell = _cell(request, SpeakerAction.PARK)
    parked = replace(request, parked=why)
    return _finished(request, parked, SpeakerAction.PARK, cell.fact, scene, BY_SYSTEM, None)


def fire(request: SpeakerRequest, name: SpeakerClock, mark: Mark, scene: Scene, *, early: bool = False) -> SpeakerStep:
    """Return the step for a mark that is due: a reminder, a rung told, or what the clock's end brings about.

    The day may have come nearer since the last step: then the next rung follows faster. *early*: a person fires it
    before its moment.
    """
    before, request = request, replace(request, priority=priority(request, scene))
    going, clock = timing(name, request, scene), request.clocks[name]
    told = scene.told(clock, mark, going, request)
    fired = replace(request, clocks={**request.clocks, name: clocks.fire(clock, mark, scene.now, going, early=early)})
    if mark is Mark.END and going.plan.end is not None:
        ended = act_by_system(fired, going.plan.end, scene, name)
        return replace(ended, before=before, told=told, clock=name, mark=mark)
    action = SpeakerAction.REMIND if mark in {Mark.HALF, Mark.MOST} else SpeakerAction.ESCALATE
    after = replace(fired, version=request.version + 1)
    return SpeakerStep(before, after, action, _cell(request, action).fact, told, name, mark)


def _step(
    request: SpeakerRequest, action: SpeakerAction, cell: SpeakerRule, order: FromSystem, by: By, scene: Scene
) -> SpeakerStep:
    guards.check(request, action, by, scene)
    if isinstance(order, orders.Reasoned) and not order.explained:
        raise Refused("referral.text_needed", number=request.number)
    effect = SPEAKER_EFFECTS.get(action)
    changed = effect(request, order, by, scene) if effect else request
    return _finished(request, _moved(changed, cell), action, cell.fact, scene, by, order)


def _moved(request: SpeakerRequest, cell: SpeakerRule) -> SpeakerRequest:
    match cell.to:
        case SpeakerTo.SAME:
            return request
        case SpeakerTo.AS_SESSIONS_STAND:
            return replace(request, state=as_sessions_stand(request))
        case state:
            return replace(request, state=state)


def as_sessions_stand(request: SpeakerRequest) -> SpeakerState:
    """Return the state that follows from the sessions of *request*."""
    rules: tuple[tuple[SessionStatus, SpeakerState], ...] = (
        (SessionStatus.OVER, SpeakerState.REPORTING),
        (SessionStatus.AGREED, SpeakerState.AGREED),
        (SessionStatus.HELD, SpeakerState.REPORTED),
    )
    return next((state for status, state in rules if request.having(status)), SpeakerState.NOT_HELD)


def _finished(
    before: SpeakerRequest,
    after: SpeakerRequest,
    action: SpeakerAction,
    fact: str,
    scene: Scene,
    by: By,
    order: FromSystem,
) -> SpeakerStep:
    version = before.version + 1
    after = replace(after, version=version)
    if by.actor.officer is not None or after.state is not before.state:
        after = replace(after, acted_version=version)  # what the system notes makes nobody's open form stale
    if not after.live:
        after = replace(after, closed_at=scene.now)
    if after.state is not SpeakerState.NOT_HELD:
        after = replace(after, not_held=None)
    after = replace(after, priority=priority(after, scene))
    after = replace(after, clocks=clocks_after(before, after, scene))
    told = _told_by_name(before, action)
    return SpeakerStep(before, after, action, fact, told, session=_session(before, after, action, order))


def _told_by_name(before: SpeakerRequest, action: SpeakerAction) -> tuple[Recipient, ...]:
    """Who was asked and no longer is: the newest snapshot names neither the unit nor the speaker's any more."""
    if before.unit_to is None or action not in {SpeakerAction.WITHDRAW, SpeakerAction.SEND_ON}:
        return ()
    asker = before.unit_from if action is SpeakerAction.SEND_ON else None
    units = dict.fromkeys((asker, before.unit_to, before.speaker_unit))
    return tuple(Recipient(unit=unit) for unit in units if unit is not None)


def _session(before: SpeakerRequest, after: SpeakerRequest, action: SpeakerAction, order: FromSystem) -> int | None:
    if isinstance(order, orders.AskMove | orders.CancelSession | orders.Report):
        return order.session
    if action in _ABOUT_ONE_SESSION:
        return next(new.no for old, new in zip(before.sessions, after.sessions, strict=True) if old != new)
    return before.move.no if before.move and after.move is None else None
