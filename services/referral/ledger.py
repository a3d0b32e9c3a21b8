"""Writing one step down, whole: the record, its timeline, its attempt, its place, and the fact to be told."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, text

from services.contracts.events import ReferralEvent
from services.contracts.lifecycle import Action, State
from services.kit import outbox
from services.kit.crypto import Keyring
from services.kit.database import Tx
from services.referral.actors import Actor
from services.referral.domain import Referral
from services.referral.places import settle
from services.referral.repository import Referrals
from services.referral.tables import AttemptRow, TimelineRow
from services.referral.transition import Step

_BEING_ASKED = frozenset(State) - {
    State.DRAFT,
    State.TRIAGE,
    State.REROUTING,
    State.CLOSED,
    State.CANCELLED,
    State.VOID,
}


async def write_step(
    tx: Tx, step: Step, actor: Actor, keyring: Keyring, *, now: datetime, sealed: dict[str, Any] | None = None
) -> Referral:
    """Write *step* within *tx* and return the referral as it is now. Raises Refused where somebody was faster."""
    step = await settle(tx, step)
    await Referrals(tx).save(step.before, step.after)
    await write_timeline(tx, step.after, step.fact, actor, keyring, now=now, sealed=sealed, step=step)
    await _write_attempt(tx, step, now)
    await outbox.write(tx, _event(step), now=now)
    return step.after


def _event(step: Step) -> ReferralEvent:
    return ReferralEvent(
        fact=step.fact, snapshot=step.after.snapshot(), told=step.told, clock=step.clock, mark=step.mark
    )


def timeline_seal(referral: Referral) -> str:
    return f"timeline/{referral.id}/{referral.version}"


async def write_timeline(
    tx: Tx,
    referral: Referral,
    fact: str,
    actor: Actor,
    keyring: Keyring,
    *,
    now: datetime,
    sealed: dict[str, Any] | None = None,
    step: Step | None = None,
) -> None:
    """Add the timeline's line for the referral's present version."""
    told = [recipient.model_dump(mode="json", exclude_none=True) for recipient in step.told] if step else []
    line = {
        "referral": referral.id,
        "version": referral.version,
        "fact": fact,
        "at": now,
        "officer": actor.officer,
        "staff_no": actor.staff_no,
        "unit": actor.unit,
        "state": referral.state,
        "attempt": referral.attempt,
        "reason": referral.progress.reason,
        "outcome": referral.outcome,
        "clock": step.clock if step else None,
        "mark": step.mark if step else None,
        "told": told or None,
        "sealed": keyring.seal(sealed, belongs_to=timeline_seal(referral)) if sealed else None,
    }
    await tx.execute(insert(TimelineRow).values(**line))


async def _write_attempt(tx: Tx, step: Step, now: datetime) -> None:
    after = step.after
    key = {"referral": after.id, "attempt": after.attempt}
    if step.action is Action.OFFER:
        await tx.execute(insert(AttemptRow).values(**key, unit=after.unit_to, offered_at=now))
    elif step.action is Action.CLAIM:
        await tx.execute(
            text("UPDATE attempt SET claimed_at = :now WHERE referral = :referral AND attempt = :attempt"),
            {**key, "now": now},
        )
    elif step.before.state in _BEING_ASKED and after.state not in _BEING_ASKED:
        ended = (
            "UPDATE attempt SET ended_at = :now, ended_by = :fact, reason = :reason, outcome = :outcome"
            " WHERE referral = :referral AND attempt = :attempt"
        )
        values = {"now": now, "fact": step.fact, "reason": after.progress.reason, "outcome": after.outcome}
        await tx.execute(text(ended), {**key, **values})
