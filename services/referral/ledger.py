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
_FIRST_LINE: Final = """
INSERT INTO timeline (referral, version, fact, at, officer, staff_no, unit, state, attempt)
VALUES (%(id)s, %(version)s, %(fact)s, %(created_at)s, %(created_by)s, %(staff_no)s, %(unit_from)s, %(state)s,
    %(attempt)s)
"""
_LINE: Final = """
INSERT INTO timeline (referral, version, fact, at, officer, staff_no, unit, state, attempt, reason, outcome,
    clock, mark, told, sealed)
VALUES (%(id)s, %(version)s, %(fact)s, %(now)s, %(officer)s, %(staff_no)s, %(unit)s, %(state)s, %(attempt)s,
    %(reason)s, %(outcome)s, %(clock)s, %(mark)s, %(told)s, %(said)s)
"""
_LINE_OF_A_MOVE: Final = _LINE.replace("sealed)", "sealed, policy_from, policy_to)").replace(
    "%(said)s)", "%(said)s, %(policy_from)s, %(policy_version)s)"
)
_ASKED: Final = """
INSERT INTO attempt (referral, attempt, unit, offered_at) VALUES (%(id)s, %(attempt)s, %(unit_to)s, %(now)s)
"""
_CLAIMED: Final = "UPDATE attempt SET claimed_at = %(now)s WHERE referral = %(id)s AND attempt = %(attempt)s"
_ENDED: Final = """
UPDATE attempt SET ended_at = %(now)s, ended_by = %(fact)s, reason = %(reason)s, outcome = %(outcome)s
WHERE referral = %(id)s AND attempt = %(attempt)s
"""


async def write_draft(tx: Tx, referral: Referral, sealed: bytes, actor: Actor, *, now: datetime) -> None:
    """Write a new referral within *tx*, with the first line of its timeline and the fact that it is there."""
    await write_together(tx, *draft_writes(referral, sealed, actor, now))


def draft_writes(referral: Referral, sealed: bytes, actor: Actor, now: datetime) -> tuple[Write, ...]:
    """Return the referral's own write and those beside it."""
    event = ReferralEvent(fact="created", snapshot=referral.snapshot())
    line = Write(_FIRST_LINE, {"fact": event.fact, "staff_no": actor.staff_no})
    return adding(referral, sealed), line, outbox.writing(event, now=now)


async def write_step(
    tx: Tx, step: Step, actor: Actor, keyring: Keyring, *, now: datetime, sealed: dict[str, Any] | None = None
) -> Referral:
    """Write *step* within *tx* and return the referral as it is now. Raises Refused where somebody was faster.

    The referral is locked: `Referrals.get(..., lock=True)`, or chosen with FOR UPDATE.
    """
    step = await settle(tx, step, now=now)
    if await write_together(tx, *step_writes(step, actor, keyring, now=now, sealed=sealed)) != 1:
        raise Refused("referral.changed", number=step.before.number, state=step.before.state)
    return step.after


def step_writes(
    step: Step, actor: Actor, keyring: Keyring, *, now: datetime, sealed: dict[str, Any] | None = None
) -> tuple[Write, ...]:
    """Return the referral's own write and those beside it: the timeline's line, the attempt, the fact."""
    event = ReferralEvent(
        fact=step.fact,
        snapshot=step.after.snapshot(),
        told=step.told,
        clock=step.clock,
        mark=step.mark,
        by_command=step.by_command,
    )
    line = _line(step.after, event, actor, keyring, now=now, sealed=sealed)
    if step.before.policy_version != step.after.policy_version:
        line = Write(_LINE_OF_A_MOVE, {**line.values, "policy_from": step.before.policy_version})
    return saving(step.before, step.after), line, *_attempt(step), outbox.writing(event, now=now)


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
