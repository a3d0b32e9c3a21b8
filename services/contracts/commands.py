"""Commands: what one part asks the owner of a record to do, as a Temporal activity on the owner's task queue."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Generic, TypeVar

from services.contracts.codes import Agency, ClockName, Mark, ParkReason, Service
from services.contracts.ids import ReferralId, RegionCode, SpeakerRequestId, UnitId
from services.contracts.snapshot import Code, Contract, Snapshot

Takes = TypeVar("Takes", bound=Contract)
Gives = TypeVar("Gives", bound=Contract)


@dataclass(frozen=True, slots=True)
class CommandRef(Generic[Takes, Gives]):
    """A typed reference to a command: enough to call it without importing its owner.

    *heartbeat*: a long command says so often that it is still at it; without a sign of life it is given to another.
    """

    name: str
    queue: str
    takes: type[Takes]
    gives: type[Gives]
    timeout: timedelta = timedelta(seconds=10)
    heartbeat: timedelta | None = None


class Result(StrEnum):
    """How a command ended. None of these is an error: all are answers."""

    APPLIED = "applied"
    STALE = "stale"
    NOT_YET = "not_yet"
    REFUSED = "refused"


class Answer(Contract):
    """The owner's answer, with the newest snapshot, which the caller adopts. `snapshot` is None for an unknown id."""

    result: Result
    snapshot: Snapshot | None
    code: Code | None = None


class RouteQuestion(Contract):
    """Which unit can be asked next? The ids say of what, for whoever reads a history; the answer needs none."""

    referral_id: ReferralId | None = None
    request_id: SpeakerRequestId | None = None
    agency: Agency
    service: Service
    region: RegionCode
    excluded: tuple[UnitId, ...] = ()


class Route(Contract):
    """The nearest unit upward that gives the service, or why there is none."""

    unit: UnitId | None
    why: ParkReason | None = None


class Offer(Contract):
    """Ask *unit*; without a unit, leave the referral to the sending supervisor because of *why*."""

    referral_id: ReferralId
    version: int
    unit: UnitId | None
    why: ParkReason | None = None


class FireMark(Contract):
    """Do what is due at *mark* of *clock*, if *version* is still the newest."""

    referral_id: ReferralId
    version: int
    clock: ClockName
    mark: Mark


class PurgeDrafts(Contract):
    """Warn about and remove drafts that nobody submitted. *limit* bounds one transaction."""

    limit: int = 500


class AskFollowUps(Contract):
    """Ask the receiving units of closed proposals what became of them. *limit* bounds one transaction."""

    limit: int = 500


class Asked(Contract):
    asked: int


class Purged(Contract):
    warned: int
    purged: int


ROUTE = CommandRef("registry.route", "registry-commands", RouteQuestion, Route)
OFFER = CommandRef("referral.offer", "referral-commands", Offer, Answer)
# A queue of their own: thousands that fall due together do not stand before the offer of a new case.
MARKS_QUEUE = "referral-marks"
FIRE_MARK = CommandRef("referral.fire_mark", MARKS_QUEUE, FireMark, Answer)
ASK_FOLLOW_UPS = CommandRef(
    "referral.ask_follow_ups", "referral-commands", AskFollowUps, Asked, timeout=timedelta(minutes=2)
)
PURGE_DRAFTS = CommandRef(
    "referral.purge_drafts", "referral-commands", PurgeDrafts, Purged, timeout=timedelta(minutes=2)
)
