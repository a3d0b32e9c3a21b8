"""The effects of actions that end a referral before its time, or begin it or its time anew. See `effects.py`."""

from dataclasses import replace

from services.contracts.codes import FollowUp, ParkReason, StopParty
from services.contracts.ids import RegionCode
from services.contracts.lifecycle import IN_HAND, Action
from services.contracts.refusals import Refused
from services.referral import orders, policy
from services.referral.actors import Actor
from services.referral.clock_rules import Scene
from services.referral.domain import Referral
from services.referral.effects import NEXT_FOLLOW_UP, effect, progressed


@effect(Action.RECALL)
def recall(referral: Referral, _: orders.Recall, __: Actor, scene: Scene) -> Referral:
    if referral.state in IN_HAND:
        return progressed(referral, back=(*referral.progress.back, referral.state))
    return progressed(replace(referral, closed_at=scene.now), reason="recalled")


@effect(Action.CONFIRM_CANCEL)
def confirm_cancel(referral: Referral, _: orders.ConfirmCancel, __: Actor, scene: Scene) -> Referral:
    return progressed(replace(referral, closed_at=scene.now), back=(), reason="recalled")


@effect(Action.WITHDRAW_CONSENT)
def withdraw_consent(referral: Referral, _: orders.WithdrawConsent, __: Actor, ___: Scene) -> Referral:
    awaited: tuple[StopParty, ...] = (StopParty.REGISTRY, StopParty.NOTIFY)
    if referral.unit_to is not None:
        awaited = (StopParty.RECEIVING_UNIT, *awaited)
    return progressed(referral, stops_awaited=awaited, back=(), objection_open=False, parked=None)


def take_stop(referral: Referral, party: StopParty, scene: Scene) -> Referral:
    """Return *referral* with *party*'s receipt noted. Raises Refused where it was noted before."""
    if party not in referral.progress.stops_awaited:
        raise Refused("referral.already_stopped", number=referral.number, party=party)
    rest = tuple(each for each in referral.progress.stops_awaited if each is not party)
    done = referral if rest else replace(referral, closed_at=scene.now)
    return progressed(done, stops_awaited=rest, reason=None if rest else "consent_withdrawn")


@effect(Action.STOP_RECEIPT)
def stop_receipt(referral: Referral, order: orders.StopReceipt | StopParty, _: Actor, scene: Scene) -> Referral:
    party = order if isinstance(order, StopParty) else StopParty.RECEIVING_UNIT
    return take_stop(referral, party, scene)


@effect(Action.OBJECT)
def object_(referral: Referral, _: orders.Object, __: Actor, ___: Scene) -> Referral:
    return progressed(referral, objection_open=True)


@effect(Action.ANSWER_OBJECTION)
def answer_objection(referral: Referral, _: orders.AnswerObjection, __: Actor, ___: Scene) -> Referral:
    return progressed(referral, objection_open=False)


@effect(Action.ASSIGN)
def assign(referral: Referral, order: orders.Assign, _: Actor, __: Scene) -> Referral:
    return replace(referral, assignee=order.assignee)


@effect(Action.REOPEN)
def reopen(referral: Referral, order: orders.Reopen, _: Actor, __: Scene) -> Referral:
    anew = replace(
        referral,
        follow_up_at=None,
        closed_at=None,
        outcome=None,
        unit_to=None,
        assignee=None,
        intake=None,
        listed_at=None,
        progress=referral.progress.new_attempt(),
    )
    return progressed(
        anew,
        asked=(),
        system_offers=0,
        back=(),
        follow_up_open=False,
        parked=ParkReason.REOPENED,
        reason=order.reason.value,
    )


@effect(Action.ASK_FOLLOW_UP)
def ask_follow_up(referral: Referral, _: orders.Order | None, __: Actor, scene: Scene) -> Referral:
    return progressed(replace(referral, follow_up_at=scene.now + NEXT_FOLLOW_UP), follow_up_open=True)


@effect(Action.ANSWER_FOLLOW_UP)
def answer_follow_up(referral: Referral, order: orders.AnswerFollowUp, _: Actor, __: Scene) -> Referral:
    """Keep what became of the proposal; only a family that still waits is asked after again."""
    next_at = referral.follow_up_at if order.reply is FollowUp.STILL_WAITING else None
    answered = replace(referral, follow_up_at=next_at)
    return progressed(answered, follow_up=order.reply, follow_up_open=False, reason=order.reply.value)


@effect(Action.REQUEST_VOID)
def request_void(referral: Referral, order: orders.RequestVoid, actor: Actor, scene: Scene) -> Referral:
    return progressed(
        referral,
        void_requested_by=actor.officer,
        void_requested_at=scene.now,
        void_reason=order.reason.value,
    )


@effect(Action.APPROVE_VOID)
def approve_void(referral: Referral, _: orders.ApproveVoid, __: Actor, scene: Scene) -> Referral:
    voided = replace(referral, closed_at=referral.closed_at or scene.now, follow_up_at=None)
    return progressed(
        voided, follow_up_open=False, void_requested_by=None, void_requested_at=None, objection_open=False
    )


@effect(Action.LAPSE_VOID)
def lapse_void(referral: Referral, _: orders.Order | None, __: Actor, ___: Scene) -> Referral:
    return progressed(referral, void_requested_by=None, void_requested_at=None)


@effect(Action.MOVE_POLICY)
def move_policy(referral: Referral, order: orders.MovePolicy, _: Actor, __: Scene) -> Referral:
    if order.policy == referral.policy_version:
        raise Refused("referral.policy_unchanged", number=referral.number, policy=order.policy)
    check_policy(order.policy)
    return replace(referral, policy_version=order.policy)


def check_policy(version: str) -> None:
    """Raise Refused where no policy of *version* comes with the product, or its file has a gap."""
    try:
        policy.load(version)
    except policy.UnknownPolicy as unknown:
        raise Refused("referral.policy_unknown", policy=version, known=", ".join(unknown.known)) from unknown
    except policy.PolicyInvalid as invalid:
        raise Refused("referral.policy_unusable", policy=version, gaps="; ".join(invalid.gaps)) from invalid


@effect(Action.RENUMBER)
def renumber(referral: Referral, region: RegionCode, _: Actor, __: Scene) -> Referral:
    """The family lives where it did; its village has got another code, by a decree."""
    return replace(referral, region=region)


@effect(Action.WARN_DRAFT)
def warn_draft(referral: Referral, _: orders.Order | None, __: Actor, scene: Scene) -> Referral:
    return replace(referral, warned_at=scene.now)


@effect(Action.DISCARD)
@effect(Action.PURGE)
def end_draft(referral: Referral, _: orders.Order | None, __: Actor, scene: Scene) -> Referral:
    return replace(referral, closed_at=scene.now)
