"""The way home: whoever leaves an institution gets after-care, by the TKSK and by the PKB of the home kecamatan.

Both are opened with the report, in its transaction, and noted under the stay and the service, so that nothing doubles.
Where the family has a live referral for the same, that is joined. Source:
docs/decisions/0031-the-way-home-is-a-pair.md.
"""

from typing import Any, Final

from services.contracts.codes import LegalBasis, Service
from services.contracts.ids import ReferralId, new_id
from services.contracts.lifecycle import IN_HAND, Action, State
from services.kit.database import Tx
from services.referral import calendars, orders
from services.referral.actors import SYSTEM, Actor
from services.referral.domain import Referral
from services.referral.ledger import write_draft, write_step
from services.referral.numbers import referral_number
from services.referral.record import Record, seal_draft
from services.referral.referring import KnownFamily
from services.referral.repository import Referrals
from services.referral.transition import act, act_by_system
from services.referral.world import find_family

PAIR: Final = (Service.AFTER_CARE, Service.TPK_DAMPING)
# Before the referral itself, as whoever moves a family locks them; and so that nobody submits for it meanwhile.
_HOLD: Final = """
SELECT FROM family WHERE family = (SELECT family FROM referral WHERE id = %(id)s AND service = ANY(%(residential)s))
FOR NO KEY UPDATE
"""
_RESIDENTIAL: Final = [service.value for service in Service if service.residential]
_IS_THERE: Final = "SELECT FROM way_home WHERE stay = %(stay)s AND service = %(service)s"
_LIVE: Final = """
SELECT id FROM referral WHERE family = %(family)s AND service = %(service)s
    AND state NOT IN ('draft', 'closed', 'cancelled', 'void') ORDER BY submitted_at LIMIT 1
"""
_ADD: Final = """
INSERT INTO way_home (stay, service, referral, opened, at)
VALUES (%(stay)s, %(service)s, %(referral)s, %(opened)s, %(at)s)
"""


async def hold_family(tx: Tx, referral: ReferralId) -> None:
    """Keep the family of a stay as it is until *tx* ends. To be asked before the referral itself is locked."""
    await tx.exec_driver_sql(_HOLD, {"id": referral, "residential": _RESIDENTIAL})


def leaves(before: Referral, after: Referral) -> bool:
    """True where the step says that a client who lived in an institution is at home again."""
    lived_there = State.IN_SERVICE in {before.state, *before.progress.back}
    reported = before.state in IN_HAND and after.state is State.REPORTED
    at_home = after.outcome is not None and after.outcome.at_home
    return after.service.residential and lived_there and reported and at_home


async def open_pair(record: Record, tx: Tx, before: Referral, stay: Referral, actor: Actor) -> None:
    """Open or join both referrals for after-care, where *actor*'s report ends *stay*. A second one changes nothing."""
    if not leaves(before, stay):
        return
    family = await find_family(tx, stay.family)
    for service in PAIR:
        if (await tx.exec_driver_sql(_IS_THERE, {"stay": stay.id, "service": service})).one_or_none() is None:
            await _open_or_join(record, tx, stay, service, family, actor)


async def _open_or_join(
    record: Record, tx: Tx, stay: Referral, service: Service, family: KnownFamily | None, actor: Actor
) -> None:
    live = (await tx.exec_driver_sql(_LIVE, {"family": stay.family, "service": service})).scalar()
    if live is not None:
        joined = await _join(record, tx, ReferralId(live))
    else:
        joined = await _open(record, tx, stay, service, family, actor)
    values: dict[str, Any] = {"stay": stay.id, "service": service, "referral": joined, "at": record.now()}
    await tx.exec_driver_sql(_ADD, {**values, "opened": live is None})


async def _join(record: Record, tx: Tx, referral_id: ReferralId) -> ReferralId:
    """Say on a live referral that a client came home. After a withdrawal nothing more is said of a family."""
    referral = await Referrals(tx).get(referral_id, lock=True)
    if referral.state is not State.STOPPING:
        scene = record.scene(referral, await record.picture.now(tx))
        step = act_by_system(referral, Action.NOTE_HOME, scene)
        await write_step(tx, step, SYSTEM, record.keyring, now=scene.now)
    return referral_id


async def _open(
    record: Record, tx: Tx, stay: Referral, service: Service, family: KnownFamily | None, actor: Actor
) -> ReferralId:
    now, referral_id = record.now(), ReferralId(new_id())
    running = await Referrals(tx).running_number(referral_id)
    assert running is not None, "a fresh id is nobody's"
    about = _about(stay, actor)
    if family is not None:
        about |= {"region": family.region, "restricted": family.restricted}
    draft = Referral(
        id=referral_id,
        number=referral_number(running, now),
        service=service,
        created_at=now,
        policy_version=record.policy_version,
        calendar_version=calendars.newest(),
        version=1,
        acted_version=1,
        **about,
    )
    sealed = seal_draft(record.keyring, draft.id, orders.KeptDraft(basis=draft.basis))
    await write_draft(tx, draft, sealed, actor, now=now)
    scene = record.scene(draft, await record.picture.now(tx))
    step = act(draft, orders.Submit(), actor, scene, expected_version=draft.acted_version)
    await write_step(tx, step, actor, record.keyring, now=now)
    return referral_id


def _about(stay: Referral, actor: Actor) -> dict[str, Any]:
    """The institution refers, as whoever reported; by the public task, as a consent was given for the stay."""
    return {
        "family": stay.family,
        "priority": stay.priority,
        "region": stay.region,
        "restricted": stay.restricted,
        "basis": LegalBasis.PUBLIC_TASK,
        "has_consent": False,
        "unit_from": stay.unit_to,
        "agency_from": actor.agency,
        "created_by": actor.officer,
    }
