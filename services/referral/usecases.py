"""What the record does for a caller or for the clock. One use case, one transaction."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

import structlog

from services.contracts.codes import Agency, Priority, Role, Service
from services.contracts.ids import FamilyId, ReferralId, RegionCode, SpeakerRequestId
from services.contracts.lifecycle import Action, Party
from services.contracts.refusals import Refused
from services.kit.database import Tx
from services.referral import calendars, orders
from services.referral.actors import Actor, parties, privileged
from services.referral.domain import Referral
from services.referral.ledger import write_draft, write_step
from services.referral.numbers import referral_number
from services.referral.placement import lists, turns, way_home
from services.referral.record import Record as Record
from services.referral.record import open_draft, seal_draft
from services.referral.referring import KnownFamily, check_may_refer
from services.referral.repository import Referrals
from services.referral.speaking.arising import check_arose
from services.referral.transition import Step, act
from services.referral.world import find_family, works_in

log = structlog.get_logger()

FAMILY_RETRY_SECONDS = 2
CASEWORKERS = frozenset({Role.OFFICER, Role.SUPERVISOR, Role.COORDINATOR})
_REFUSED = """
INSERT INTO refusal (at, referral, action, officer, unit, code)
VALUES (%(at)s, %(referral)s, %(action)s, %(officer)s, %(unit)s, %(code)s)
"""


@dataclass(frozen=True, slots=True)
class NewReferral:
    id: ReferralId
    family: FamilyId
    service: Service
    priority: Priority
    draft: orders.KeptDraft
    unit_region: RegionCode
    unit_agency: Agency
    arose_from: SpeakerRequestId | None = None


async def create(record: Record, tx: Tx, new: NewReferral, actor: Actor) -> Referral:
    """Write a draft. Raises Refused where the direction is wrong or the id is taken."""
    if actor.role not in CASEWORKERS:
        raise Refused("auth.forbidden")
    if new.service.for_a_group:
        raise Refused("referral.service_for_groups")
    if actor.unit is None or not new.service.may_be_referred_by(new.unit_agency, actor.level):
        raise Refused("referral.wrong_direction", service=new.service)
    referrals, now = Referrals(tx), record.now()
    running = await referrals.running_number(new.id)
    if running is None:
        return _the_same(await referrals.get(new.id), new, actor)
    family = await find_family(tx, new.family)
    if family is not None:
        await check_may_refer(tx, family, actor, actor.unit, now=now)
    if new.arose_from is not None:
        await check_arose(tx, new.arose_from, actor.unit)
    referral = Referral(
        id=new.id,
        number=referral_number(running, now),
        family=new.family,
        service=new.service,
        priority=new.priority,
        region=family.region if family else new.unit_region,
        restricted=family.restricted if family else False,
        basis=new.draft.basis,
        has_consent=new.draft.consent is not None,
        unit_from=actor.unit,
        agency_from=new.unit_agency,
        created_by=_officer(actor),
        created_at=now,
        policy_version=record.policy_version,
        calendar_version=calendars.newest(),
        arose_from=new.arose_from,
        version=1,
        acted_version=1,
    )
    sealed = seal_draft(record.keyring, referral.id, new.draft)
    await write_draft(tx, referral, sealed, actor, now=now)
    return referral


@dataclass(frozen=True, slots=True)
class Again:
    """What a repeated referral changes; None keeps what the earlier one had."""

    id: ReferralId
    service: Service | None
    priority: Priority | None
    unit_region: RegionCode
    unit_agency: Agency


async def refer_again(record: Record, tx: Tx, earlier_id: ReferralId, again: Again, actor: Actor) -> Referral:
    """Write a draft for the family of *earlier_id*, for somebody who may read that one. Raises Refused."""
    referrals = Referrals(tx)
    earlier = await referrals.get(earlier_id)
    who = parties(actor, earlier, await record.picture.now(tx))
    if Party.SENDER not in who or not privileged(actor, earlier, who):
        raise Refused("referral.not_yours" if who else "referral.not_found", number=earlier.number)
    earlier_draft = open_draft(record.keyring, earlier.id, await referrals.sealed(earlier.id))
    new = NewReferral(
        id=again.id,
        family=earlier.family,
        service=again.service or earlier.service,
        priority=again.priority or earlier.priority,
        # A consent was given for that referral and may have been withdrawn: a new one is asked for.
        draft=earlier_draft.model_copy(update={"consent": None}),
        unit_region=again.unit_region,
        unit_agency=again.unit_agency,
    )
    return await create(record, tx, new, actor)


def _the_same(earlier: Referral, new: NewReferral, actor: Actor) -> Referral:
    """A client-made id twice is one referral, if it is the same person's and about the same need."""
    if (earlier.created_by, earlier.family, earlier.service) != (actor.officer, new.family, new.service):
        raise Refused("referral.exists")
    return earlier


def _officer(actor: Actor) -> Any:
    if actor.officer is None:
        raise Refused("auth.forbidden")
    return actor.officer


async def take_action(
    record: Record, tx: Tx, referral_id: ReferralId, order: orders.Order, actor: Actor, *, expected_version: int
) -> Referral:
    """Do what *actor* asks for, or raise Refused; then nothing was changed."""
    await _hold_what_comes_first(tx, referral_id, order)
    # Locked at once: whoever comes second reads what the first one did, and everybody locks in the same order.
    before = await Referrals(tx).get(referral_id, lock=True)
    scene = record.scene(before, await record.picture.now(tx))
    family = await find_family(tx, before.family, lock=True) if isinstance(order, orders.Submit) else None
    step = act(_prepared(before, family), order, actor, scene, expected_version=expected_version)
    if step.action is Action.SUBMIT:
        await _check_family(tx, before, family, actor, now=scene.now)
    await _check_against_the_rest(tx, step, order)

    async def draft() -> orders.KeptDraft:
        return open_draft(record.keyring, before.id, await Referrals(tx).sealed(before.id))

    step = replace(await turns.judged(tx, step, order, draft, now=scene.now), before=before)
    if isinstance(order, orders.Edit):
        if order.arose_from is not None:
            await check_arose(tx, SpeakerRequestId(order.arose_from), before.unit_from)
        kept = order.draft.kept(actor.staff_no)
        await Referrals(tx).reseal(before.id, seal_draft(record.keyring, before.id, kept))
    after = await write_step(tx, step, actor, record.keyring, now=scene.now, sealed=order.sealed_fields or None)
    await turns.pass_on(tx, before, after, record.keyring, partial(record.scene, offices=scene.offices))
    if isinstance(order, orders.Report):
        await way_home.open_pair(record, tx, before, after, actor)
    return after


async def _hold_what_comes_first(tx: Tx, referral_id: ReferralId, order: orders.Order) -> None:
    """Lock what is locked before a referral itself: the list of a place, the family of whoever comes home."""
    await lists.hold(tx, referral_id, order.action)
    if isinstance(order, orders.Report):
        await way_home.hold_family(tx, referral_id)


def _prepared(referral: Referral, family: KnownFamily | None) -> Referral:
    """Fill in what the family's own record says: where it lives, and whether it is restricted."""
    return referral if family is None else replace(referral, region=family.region, restricted=family.restricted)


async def _check_family(tx: Tx, referral: Referral, family: KnownFamily | None, actor: Actor, *, now: datetime) -> None:
    """Raise Refused where the family is still on its way here, or is not the sender's to refer."""
    if family is None:
        raise Refused("referral.family_not_known_yet", retry_after_seconds=FAMILY_RETRY_SECONDS, number=referral.number)
    await check_may_refer(tx, family, actor, referral.unit_from, now=now)


async def _check_against_the_rest(tx: Tx, step: Step, order: orders.Order) -> None:
    """Rules that need more than the referral itself."""
    if step.action in {Action.SUBMIT, Action.REOPEN} and not step.after.overridden:
        other = await Referrals(tx).other_live(step.after)
        if other is not None:
            raise Refused("referral.duplicate_need", number=step.before.number, other_number=other)
    if isinstance(order, orders.Submit) and order.override and not order.text:
        raise Refused("referral.text_needed", number=step.before.number)
    if isinstance(order, orders.Accept | orders.Assign) and order.assignee is not None:
        unit = step.after.unit_to
        if not await works_in(tx, order.assignee, unit):
            raise Refused("referral.assignee_unknown", number=step.before.number, unit=unit)


async def note_refusal(record: Record, referral: ReferralId, action: str, actor: Actor, code: str) -> None:
    """Leave the audit line of a refused action, in a transaction of its own."""
    line = {"at": record.now(), "referral": referral, "action": action, "officer": actor.officer, "unit": actor.unit}
    async with record.database.begin() as tx:
        await tx.exec_driver_sql(_REFUSED, {**line, "code": code})
    log.info("referral.refused", referral=str(referral), action=action, code=code, by=actor.staff_no)
