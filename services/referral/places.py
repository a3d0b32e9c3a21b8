"""Places: taken when a unit accepts, given back when the referral leaves its hands. Never more taken than there are."""

from dataclasses import replace

from services.contracts.lifecycle import HOLDS_A_PLACE
from services.contracts.refusals import Refused
from services.kit.database import Tx
from services.referral.transition import Step

_GIVE_BACK = """
UPDATE place SET taken = taken - 1 WHERE unit = %(unit)s AND service = %(service)s AND taken > 0
"""
_LOCK = "SELECT limit_, taken FROM place WHERE unit = %(unit)s AND service = %(service)s FOR UPDATE"
_TAKE = "UPDATE place SET taken = taken + 1 WHERE unit = %(unit)s AND service = %(service)s"


async def settle(tx: Tx, step: Step) -> Step:
    """Take or give back the place that *step* asks for. Raises Refused("referral.no_place_left")."""
    held, holds = step.before.progress.place_taken, step.after.state in HOLDS_A_PLACE
    if holds and step.before.state not in HOLDS_A_PLACE:  # a limit that is set later evicts nobody
        return _with_place(step, taken=await _take(tx, step))
    if held and not holds:
        await tx.exec_driver_sql(_GIVE_BACK, {"unit": step.before.unit_to, "service": step.before.service})
        return _with_place(step, taken=False)
    return step


async def _take(tx: Tx, step: Step) -> bool:
    """Return whether a place was taken; a unit without a limit for the service counts none."""
    asked = {"unit": step.after.unit_to, "service": step.after.service}
    place = (await tx.exec_driver_sql(_LOCK, asked)).one_or_none()
    if place is None or place.limit_ is None:
        return False
    if place.taken >= place.limit_:
        raise Refused(
            "referral.no_place_left", number=step.after.number, service=step.after.service, limit=place.limit_
        )
    await tx.exec_driver_sql(_TAKE, asked)
    return True


def _with_place(step: Step, *, taken: bool) -> Step:
    return replace(step, after=replace(step.after, progress=replace(step.after.progress, place_taken=taken)))
