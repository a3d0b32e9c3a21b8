"""Taking one step: the table says where it leads, the effect says what it changes, the clocks follow."""

from dataclasses import dataclass, replace

from services.contracts.codes import ClockName, Mark, ParkReason, StopParty
from services.contracts.ids import RegionCode
from services.contracts.lifecycle import LIVE, Action, Party, Rule, State, To, rule
from services.contracts.refusals import Refused
from services.contracts.snapshot import Recipient
from services.referral import clocks, ending_effects, orders
from services.referral.actors import SYSTEM, Actor, parties, privileged
from services.referral.clock_rules import Scene, clocks_after
from services.referral.domain import Referral
from services.referral.effects import EFFECTS
from services.referral.guards import guards
from services.referral.placement import effects as placement_effects
from services.referral.rerouting import why_a_person_decides

_ = ending_effects, placement_effects  # register their effects

FromSystem = orders.Order | StopParty | RegionCode | None
"""What an action of the system brings with it, if anything: who has stopped, where a family's village lies now."""


@dataclass(frozen=True, slots=True)
class Step:
    """One accepted action: the referral before and after, and the fact to be told.

    *by_command*: the referral's own workflow asked for it and has it from the answer.
    """

    before: Referral
    after: Referral
    action: Action
    fact: str
    told: tuple[Recipient, ...] = ()
    clock: ClockName | None = None
    mark: Mark | None = None
    by_command: bool | None = None


def act(referral: Referral, order: orders.Order, actor: Actor, scene: Scene, *, expected_version: int) -> Step:
    """Return the step that *actor* asks for. Raises Refused: stranger, stale, wrong state, wrong person, or a rule."""
    who = parties(actor, referral, scene.offices)
    if not who:
        raise Refused("referral.not_found")
    if expected_version != referral.acted_version:
        raise Refused("referral.changed", number=referral.number, state=referral.state)
    cell = rule(referral.state, order.action)
    if cell is None:
        raise Refused("referral.action_not_allowed", number=referral.number, state=referral.state, action=order.action)
    if not cell.by & who or not privileged(actor, referral, who):
        raise Refused("referral.not_yours", number=referral.number, action=order.action)
    return _step(referral, order.action, cell, order, actor, scene)


def act_by_system(referral: Referral, action: Action, scene: Scene, order: FromSystem = None) -> Step:
    """Return the step that the clock or another part brings about. Raises Refused where the table has no such cell."""
    cell = rule(referral.state, action)
    if cell is None or Party.SYSTEM not in cell.by:
        raise Refused("referral.action_not_allowed", number=referral.number, state=referral.state, action=action)
    return _step(referral, action, cell, order, SYSTEM, scene)


def park(referral: Referral, why: ParkReason, scene: Scene) -> Step:
    """Return the step that leaves the next offer to the sending supervisor, because of *why*."""
    cell = rule(referral.state, Action.PARK)
    if cell is None:
        raise Refused("referral.action_not_allowed", number=referral.number, state=referral.state, action=Action.PARK)
    parked = replace(referral, progress=replace(referral.progress, parked=why))
    return _finished(referral, parked, Action.PARK, cell.fact, scene, SYSTEM)


def fire(referral: Referral, name: ClockName, mark: Mark, scene: Scene, *, early: bool = False) -> Step:
    """Return the step for a mark that is due: a reminder, a rung told, or the end of a clock's patience.

    *early*: a person fires it before its moment.
    """
    timing = scene.timing(name, referral)
    clock = referral.clocks[name]
    told = scene.told(clock, mark, timing, referral)
    fired = replace(
        referral, clocks={**referral.clocks, name: clocks.fire(clock, mark, scene.now, timing, early=early)}
    )
    if mark is Mark.END and timing.plan.end is not None:
        ended = act_by_system(fired, timing.plan.end, scene)
        return replace(ended, before=referral, told=told, clock=name, mark=mark)
    action = Action.REMIND if mark in {Mark.HALF, Mark.MOST} else Action.ESCALATE
    if name is ClockName.STOP and mark is Mark.DUE:
        fired = replace(fired, progress=replace(fired.progress, breach_at=scene.now))
    cell = rule(referral.state, action)
    assert cell is not None, "every live state has its reminders"
    after = replace(fired, version=referral.version + 1)
    return Step(referral, after, action, cell.fact, told, name, mark)


def _step(
    referral: Referral,
    action: Action,
    cell: Rule,
    order: FromSystem,
    actor: Actor,
    scene: Scene,
) -> Step:
    guards.check(referral, action, actor, scene)
    if isinstance(order, orders.Reasoned) and not order.explained:
        raise Refused("referral.text_needed", number=referral.number)
    effect = EFFECTS.get(action)
    changed = effect(referral, order, actor, scene) if effect else referral
    return _finished(referral, _moved(changed, cell), action, cell.fact, scene, actor)


def _moved(referral: Referral, cell: Rule) -> Referral:
    match cell.to:
        case To.SAME:
            return referral
        case To.BACK:
            *rest, back = referral.progress.back
            return replace(referral, state=back, progress=replace(referral.progress, back=tuple(rest)))
        case To.AFTER_DISPUTE:
            return referral if referral.progress.flagged else replace(referral, state=State.IN_SERVICE, outcome=None)
        case To.AFTER_STOP:
            return referral if referral.progress.stops_awaited else replace(referral, state=State.CANCELLED)
        case To.AFTER_PLACE:
            return replace(referral, state=State.WAITLISTED if referral.listed_at else State.REROUTING)
        case state:
            return replace(referral, state=state)


def _finished(before: Referral, after: Referral, action: Action, fact: str, scene: Scene, actor: Actor) -> Step:
    version = before.version + 1
    after = replace(after, version=version)
    if actor.officer is not None or after.state is not before.state:
        after = replace(after, acted_version=version)  # what the system notes makes nobody's open form stale
    if after.state is State.REROUTING and before.state is not State.REROUTING:
        after = _routed_on(after, scene)
    after = replace(after, clocks=clocks_after(before, after, action, scene) if after.state in LIVE else {})
    return Step(before, after, action, fact, _told_by_name(before, action, actor))


def _told_by_name(before: Referral, action: Action, actor: Actor) -> tuple[Recipient, ...]:
    """Both units, where one was asked and no longer is: the newest snapshot does not name it any more.

    And where the system offers a place that came free: neither of them did it.
    """
    by_system = action is Action.OFFER_PLACE and actor.officer is None
    if before.unit_to is None or not (action is Action.SEND_ON or by_system):
        return ()
    return (Recipient(unit=before.unit_from), Recipient(unit=before.unit_to))


def _routed_on(referral: Referral, scene: Scene) -> Referral:
    """After a decline, an expiry or a redirect: does the system ask the next unit, or a person?"""
    parked = why_a_person_decides(referral, scene)
    progress = replace(referral.progress, parked=parked, begins_at=None)
    return replace(referral, unit_to=None, assignee=None, intake=None, listed_at=None, progress=progress)
