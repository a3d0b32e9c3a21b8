"""Writing one step down, whole: the record, its timeline, its attempt, its place, and the fact to be told."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from psycopg.types.json import Jsonb

from services.contracts.events import ReferralEvent
from services.contracts.lifecycle import Action, State
from services.contracts.refusals import Refused
from services.kit import outbox
from services.kit.crypto import Keyring
from services.kit.database import Tx, Write, write_together
from services.referral.actors import Actor
from services.referral.domain import Referral
from services.referral.places import settle
from services.referral.repository import adding, saving
from services.referral.transition import Step

_BEING_ASKED = frozenset(State) - {
    State.DRAFT,
    State.TRIAGE,
    State.REROUTING,
    State.CLOSED,
    State.CANCELLED,
    State.VOID,
}
# Beside a referral's own columns, whose values they share by name.
_LINE: Final = """
INSERT INTO timeline (referral, version, fact, at, officer, staff_no, unit, state, attempt, reason, outcome,
    clock, mark, told, sealed)
VALUES (:id, :version, :fact, :now, :officer, :staff_no, :unit, :state, :attempt, :reason, :outcome,
    :clock, :mark, :told, :said)
"""
_ASKED: Final = "INSERT INTO attempt (referral, attempt, unit, offered_at) VALUES (:id, :attempt, :unit_to, :now)"
_CLAIMED: Final = "UPDATE attempt SET claimed_at = :now WHERE referral = :id AND attempt = :attempt"
_ENDED: Final = """
UPDATE attempt SET ended_at = :now, ended_by = :fact, reason = :reason, outcome = :outcome
WHERE referral = :id AND attempt = :attempt
"""


async def write_draft(
    tx: Tx, referral: Referral, sealed: bytes, actor: Actor, keyring: Keyring, *, now: datetime
) -> None:
    """Write a new referral within *tx*, with the first line of its timeline and the fact that it is there."""
    event = ReferralEvent(fact="created", snapshot=referral.snapshot())
    line = _line(referral, event, actor, keyring, now=now)
    await write_together(tx, adding(referral, sealed), line, outbox.writing(event, now=now))


async def write_step(
    tx: Tx, step: Step, actor: Actor, keyring: Keyring, *, now: datetime, sealed: dict[str, Any] | None = None
) -> Referral:
    """Write *step* within *tx* and return the referral as it is now. Raises Refused where somebody was faster.

    The referral is locked: `Referrals.get(..., lock=True)`, or chosen with FOR UPDATE.
    """
    step = await settle(tx, step)
    event = ReferralEvent(
        fact=step.fact, snapshot=step.after.snapshot(), told=step.told, clock=step.clock, mark=step.mark
    )
    line = _line(step.after, event, actor, keyring, now=now, sealed=sealed)
    beside = (line, *_attempt(step), outbox.writing(event, now=now))
    if await write_together(tx, saving(step.before, step.after), *beside) != 1:
        raise Refused("referral.changed", number=step.before.number, state=step.before.state)
    return step.after


def timeline_seal(referral: Referral) -> str:
    return f"timeline/{referral.id}/{referral.version}"


def _line(
    referral: Referral,
    event: ReferralEvent,
    actor: Actor,
    keyring: Keyring,
    *,
    now: datetime,
    sealed: dict[str, Any] | None = None,
) -> Write:
    """The timeline's line for the referral's present version."""
    told = [recipient.model_dump(mode="json", exclude_none=True) for recipient in event.told]
    line = {
        "fact": event.fact,
        "now": now,
        "officer": actor.officer,
        "staff_no": actor.staff_no,
        "unit": actor.unit,
        "reason": referral.progress.reason,
        "clock": event.clock,
        "mark": event.mark,
        "told": Jsonb(told) if told else None,
        "said": keyring.seal(sealed, belongs_to=timeline_seal(referral)) if sealed else None,
    }
    return Write(_LINE, line)


def _attempt(step: Step) -> Iterator[Write]:
    """What the step changes of the attempt, if anything."""
    if step.action is Action.OFFER:
        yield Write(_ASKED, {})
    elif step.action is Action.CLAIM:
        yield Write(_CLAIMED, {})
    elif step.before.state in _BEING_ASKED and step.after.state not in _BEING_ASKED:
        yield Write(_ENDED, {})
