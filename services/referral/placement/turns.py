"""What a step has to heed of lists and entry rules, and who is offered a place that it gives back."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from services.contracts.lifecycle import Action, State
from services.contracts.refusals import Refused
from services.contracts.wib import WIB
from services.kit.crypto import Keyring
from services.kit.database import Tx
from services.referral import orders
from services.referral.actors import SYSTEM
from services.referral.clock_rules import Scene
from services.referral.domain import Referral
from services.referral.ledger import write_step
from services.referral.placement import intakes, lists
from services.referral.placement.entry import unmet
from services.referral.placement.lists import WaitingList
from services.referral.transition import Step, act_by_system

OUT_OF_TURN: Final = "out_of_turn"
EXEMPT: Final = "entry_exception"

Draft = Callable[[], Awaitable[orders.KeptDraft]]


async def judged(tx: Tx, step: Step, order: orders.Order, draft: Draft, *, now: datetime) -> Step:
    """Return *step*, with a reason where it goes by an exception.

    Raises Refused where an entry rule, a list or somebody's turn forbids it. *draft* opens what the referral says.
    """
    match order:
        case orders.Submit() if step.after.service.residential:
            today = _day(now)
            latest = await intakes.last_start(tx, step.after.service, today)
            return _because(step, EXEMPT if _exempt(step, order, (await draft()), today, latest) else None)
        case orders.Enlist():
            begins = await _check_list(tx, step.after, _day(now))
            exempt = step.after.service.residential and _exempt(step, order, (await draft()), begins, begins)
            return _because(step, EXEMPT if exempt else None)
        case orders.OfferPlace() | orders.Accept():
            return _because(step, OUT_OF_TURN if await _out_of_turn(tx, step, order) else None)
        case _:
            return step


def _exempt(
    step: Step, order: orders.Submit | orders.Enlist, draft: orders.KeptDraft, earliest: date, latest: date
) -> bool:
    """Return whether *order* asks for an exception and one is needed. Raises Refused: no exception, or no reason."""
    rules, number = unmet(step.after.service, draft.applicant, earliest, latest), step.before.number
    if not rules:
        return False
    if not order.exception:
        raise Refused("referral.entry_rules_unmet", number=number, service=step.after.service, rules=", ".join(rules))
    if not order.text:
        raise Refused("referral.text_needed", number=number)
    return True


async def _check_list(tx: Tx, referral: Referral, today: date) -> date:
    """Return when whoever is on that list would begin at the earliest. Raises Refused where there is no such list."""
    assert referral.unit_to is not None, "only a unit that is asked keeps somebody on its list"
    if referral.intake is None:
        if not await lists.limited(tx, referral.unit_to, referral.service):
            raise Refused("referral.no_waiting_list", number=referral.number)
        return today
    intake = await intakes.find(tx, referral.intake)
    if (intake.unit, intake.service) != (referral.unit_to, referral.service):
        raise Refused("referral.intake_unknown")
    if not intake.takes(_day(referral.submitted_at or referral.created_at), today):
        raise Refused("referral.intake_closed", number=referral.number)
    return intake.starts_on


async def _out_of_turn(tx: Tx, step: Step, order: orders.OfferPlace | orders.Accept) -> bool:
    """Return whether somebody who waits longer is passed over. Raises Refused where nobody says why."""
    if isinstance(order, orders.OfferPlace):
        turn = await lists.turn(tx, step.before)
        passed_over, code = turn is not None and turn.position > 1, "referral.not_in_turn"
    else:
        assert step.after.unit_to is not None, "a unit accepts"
        general = WaitingList(step.after.unit_to, step.after.service, None)
        passed_over, code = await lists.anybody(tx, general, but=step.after.id), "referral.others_wait"
    if passed_over and not order.text:
        raise Refused(code, number=step.before.number, service=step.before.service)
    return passed_over


def _because(step: Step, reason: str | None) -> Step:
    if reason is None:
        return step
    return replace(step, after=replace(step.after, progress=replace(step.after.progress, reason=reason)))


async def pass_on(
    tx: Tx, before: Referral, after: Referral, keyring: Keyring, scene_of: Callable[[Referral], Scene]
) -> None:
    """Offer what the step from *before* to *after* gave back to the next in turn, where it is to be passed on."""
    waiting = WaitingList.of(before)
    if waiting is None or not _comes_free(before, after, scene_of(before).now):
        return
    following = await lists.first(tx, waiting, but=after.id)
    if following is None:
        return
    scene = scene_of(following)
    step = act_by_system(following, Action.OFFER_PLACE, scene)
    try:
        await write_step(tx, step, SYSTEM, keyring, now=scene.now)
    except Refused as refused:
        if refused.code != "referral.no_place_left":
            raise  # there are fewer places meanwhile: nobody is offered this one


def _comes_free(before: Referral, after: Referral, now: datetime) -> bool:
    """True where a place that was promised comes free: of an intake until it begins, else while it is only offered."""
    if not before.progress.place_taken or after.progress.place_taken:
        return False
    if before.intake is not None:
        return before.progress.begins_at is not None and now < before.progress.begins_at
    return before.state is State.PLACE_OFFERED


def _day(moment: datetime) -> date:
    return moment.astimezone(WIB).date()
