"""What times a proposal or a move may have."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise

from services.contracts.refusals import Refused
from services.contracts.speaking.snapshot import Period
from services.referral.clock_rules import Scene
from services.referral.speaking.domain import Session, SpeakerRequest

FURTHEST = timedelta(days=366 * 2)


def check_ahead(request: SpeakerRequest, periods: Iterable[Period], scene: Scene) -> None:
    """Raise Refused unless all of *periods* begin later than now and within two years."""
    if not all(scene.now < each.starts_at < scene.now + FURTHEST for each in periods):
        raise Refused("speaking.time_past", number=request.number)


def check_apart(request: SpeakerRequest, periods: Iterable[Period]) -> None:
    """Raise Refused where two of *periods* overlap: they are sessions of the same group."""
    ordered = sorted(periods, key=lambda each: each.starts_at)
    if any(earlier.ends_at > later.starts_at for earlier, later in pairwise(ordered)):
        raise Refused("speaking.times_overlap", number=request.number)


def is_short_notice(sessions: Iterable[Session], scene: Scene) -> bool:
    """True where somebody has prepared for one of *sessions* in vain: it is nearer than the policy's notice."""
    return any(too_late(session.starts_at, scene) for session in sessions)


def too_late(starts_at: datetime, scene: Scene) -> bool:
    return scene.policy.spans["notice"].after(scene.now, scene.calendar) > starts_at
