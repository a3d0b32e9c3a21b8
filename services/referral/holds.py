"""How long a service may rest. Source: docs/lifecycle.md, hold."""

from datetime import date, datetime, time, timedelta

from services.contracts.codes import HoldReason, Role
from services.contracts.refusals import Refused
from services.contracts.wib import WIB
from services.referral.actors import Actor
from services.referral.clock_rules import Scene
from services.referral.domain import Referral

LONGEST_HOLD = timedelta(days=30)
LONGEST_OF_AN_ATTEMPT = timedelta(days=90)


def end_of_next_quarter(day: date) -> date:
    """Return the last day of the quarter after *day*'s."""
    first_month = (day.month - 1) // 3 * 3 + 7
    year, month = day.year + (first_month - 1) // 12, (first_month - 1) % 12 + 1
    return date(year, month, 1) - timedelta(days=1)


def check_hold(referral: Referral, reason: HoldReason, until: datetime, actor: Actor, scene: Scene) -> None:
    """Raise Refused where the review date is not ahead, too far off, or needs the supervisor."""
    today = scene.now.astimezone(WIB).date()
    latest = scene.now + LONGEST_HOLD
    if reason is HoldReason.WAITING_PERIOD:
        latest = datetime.combine(end_of_next_quarter(today), time(23, 59), WIB)
    if not scene.now < until <= latest:
        raise Refused("referral.review_date_out_of_range", number=referral.number, latest=latest.astimezone(WIB).date())
    total = referral.progress.held + (until - scene.now)
    if total > LONGEST_OF_AN_ATTEMPT and actor.role not in {Role.SUPERVISOR, Role.COORDINATOR}:
        raise Refused("referral.hold_needs_supervisor", number=referral.number, days=LONGEST_OF_AN_ATTEMPT.days)
