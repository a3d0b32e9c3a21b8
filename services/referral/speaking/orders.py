"""What a person says with an action on a speaker request. One small model each: the API's body, the domain's input."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, ClassVar, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from services.contracts.ids import OfficerId, RoomId, UnitId
from services.contracts.speaking.codes import (
    AgeGroup,
    CancelReason,
    GiveBackReason,
    Material,
    MissReason,
    SpeakerDeclineReason,
    SpokenLanguage,
    WithdrawReason,
)
from services.contracts.speaking.lifecycle import SpeakerAction
from services.contracts.speaking.snapshot import Period
from services.referral.orders import Text

QUARTER = timedelta(minutes=15)
LONGEST_SESSION = timedelta(hours=10)
MOST_SESSIONS = 26
LAST_YEAR = 2200
Counts = Annotated[
    dict[AgeGroup, Annotated[int, Field(ge=0, le=2000)]], Field(max_length=5, description="how many, by age")
]
SessionNo = Annotated[int, Field(ge=1, le=10_000)]


class Time(BaseModel):
    """From when until when, in whole quarter hours."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    starts_at: AwareDatetime
    ends_at: AwareDatetime

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if any(not _quarter(each) for each in (self.starts_at, self.ends_at)):
            raise ValueError("whole quarter hours only")
        if not timedelta() < self.ends_at - self.starts_at <= LONGEST_SESSION:
            raise ValueError("it has to end after it began, within ten hours")
        if self.ends_at.year > LAST_YEAR:
            raise ValueError("nobody plans that far ahead")
        return self

    def period(self) -> Period:
        return Period(starts_at=self.starts_at, ends_at=self.ends_at)


def _quarter(moment: datetime) -> bool:
    return moment.minute % 15 == 0 and moment.second == 0 and moment.microsecond == 0


class Series(BaseModel):
    """*times* sessions, the first at *first*, one every *every_days* days: 14 for every second week."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    first: Time
    every_days: Annotated[int, Field(ge=1, le=92)]
    times: Annotated[int, Field(ge=2, le=MOST_SESSIONS)]

    def periods(self) -> tuple[Period, ...]:
        steps = (timedelta(days=self.every_days * number) for number in range(self.times))
        first = self.first.period()
        return tuple(Period(starts_at=first.starts_at + step, ends_at=first.ends_at + step) for step in steps)


class Wanted(BaseModel):
    """When: up to five times of which one is to be chosen, or a series of which all are wanted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    times: Annotated[tuple[Time, ...], Field(max_length=5)] = ()
    series: Series | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if bool(self.times) is bool(self.series):
            raise ValueError("either times or a series")
        return self

    @property
    def together(self) -> bool:
        return self.series is not None

    def periods(self) -> tuple[Period, ...]:
        return self.series.periods() if self.series else tuple(sorted_periods(self.times))


def sorted_periods(times: tuple[Time, ...]) -> list[Period]:
    return sorted({each.period() for each in times}, key=lambda period: period.starts_at)


class SpeakerOrder(BaseModel):
    """Base. `text` is free text: sealed at rest, never in an event."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    action: ClassVar[SpeakerAction]

    text: Text | None = None

    @property
    def sealed_fields(self) -> dict[str, object]:
        """What of this order is for the timeline's readers only."""
        return {"text": self.text} if self.text else {}


class Reasoned(SpeakerOrder):
    """An order with a coded reason. `other` says nothing by itself: it needs a text."""

    reason: StrEnum

    @property
    def explained(self) -> bool:
        return self.reason.value != "other" or self.text is not None


class Offer(SpeakerOrder):
    """Ask this unit, where the system found none."""

    action: ClassVar[SpeakerAction] = SpeakerAction.OFFER
    unit: UnitId


class RouteAgain(SpeakerOrder):
    """Have the system look for a unit once more, from the nearest one on."""

    action: ClassVar[SpeakerAction] = SpeakerAction.ROUTE_AGAIN


class SendOn(SpeakerOrder):
    """Take it from the unit that is asked, and have the next one asked. `text` says why."""

    action: ClassVar[SpeakerAction] = SpeakerAction.SEND_ON
    text: Text


class Change(SpeakerOrder):
    """Change what is asked for; what is not said stays. Times only while none is proposed."""

    action: ClassVar[SpeakerAction] = SpeakerAction.CHANGE
    when: Wanted | None = None
    group: Counts | None = None
    language: SpokenLanguage | None = None
    materials: tuple[Material, ...] | None = None
    room: RoomId | None = None
    place: Text | None = Field(default=None, description="where, in words; it takes the place of a room")
    note: Text | None = None
    topic_text: Text | None = Field(default=None, description="the topic in words, for `own`")


class Propose(SpeakerOrder):
    """Name a speaker. Without `times`: the wanted time number `choice`, or all of a series."""

    action: ClassVar[SpeakerAction] = SpeakerAction.PROPOSE
    speaker: OfficerId
    choice: Annotated[int, Field(ge=0, le=4)] = 0
    times: Annotated[tuple[Time, ...], Field(max_length=MOST_SESSIONS)] = ()


class Retract(SpeakerOrder):
    action: ClassVar[SpeakerAction] = SpeakerAction.RETRACT


class Decline(Reasoned):
    action: ClassVar[SpeakerAction] = SpeakerAction.DECLINE
    reason: SpeakerDeclineReason


class Agree(SpeakerOrder):
    """To a proposal; or, by the unit, to the wanted time number `choice` of who asked for other times."""

    action: ClassVar[SpeakerAction] = SpeakerAction.AGREE
    choice: Annotated[int, Field(ge=0, le=4)] = 0


class Counter(SpeakerOrder):
    """Ask for other times than those that are proposed."""

    action: ClassVar[SpeakerAction] = SpeakerAction.COUNTER
    when: Wanted


class ChangeSpeaker(SpeakerOrder):
    action: ClassVar[SpeakerAction] = SpeakerAction.CHANGE_SPEAKER
    speaker: OfficerId


class AskMove(SpeakerOrder):
    """Ask the other side to have a session at another time. Until it agrees, nothing changes."""

    action: ClassVar[SpeakerAction] = SpeakerAction.ASK_MOVE
    session: SessionNo
    time: Time


class AgreeMove(SpeakerOrder):
    action: ClassVar[SpeakerAction] = SpeakerAction.AGREE_MOVE


class RefuseMove(SpeakerOrder):
    """Keep the old time. Who asked for the move takes it back by this, too."""

    action: ClassVar[SpeakerAction] = SpeakerAction.REFUSE_MOVE


class CancelSession(Reasoned):
    action: ClassVar[SpeakerAction] = SpeakerAction.CANCEL_SESSION
    session: SessionNo
    reason: CancelReason


class Cancel(Reasoned):
    """Cancel all sessions that are ahead."""

    action: ClassVar[SpeakerAction] = SpeakerAction.CANCEL
    reason: CancelReason


class GiveBack(Reasoned):
    """Give back what was agreed: the next unit is asked."""

    action: ClassVar[SpeakerAction] = SpeakerAction.GIVE_BACK
    reason: GiveBackReason


class Withdraw(Reasoned):
    action: ClassVar[SpeakerAction] = SpeakerAction.WITHDRAW
    reason: WithdrawReason


class Report(SpeakerOrder):
    """How a session went: who came, counted by age; or, with a `reason`, that it was not held."""

    action: ClassVar[SpeakerAction] = SpeakerAction.REPORT
    session: SessionNo
    attendance: Counts = Field(default_factory=dict)
    reason: MissReason | None = None

    @model_validator(mode="after")
    def _people_or_reason(self) -> Self:
        if (sum(self.attendance.values()) > 0) is (self.reason is not None):
            raise ValueError("either who came, or why it was not held")
        return self


class Feedback(SpeakerOrder):
    action: ClassVar[SpeakerAction] = SpeakerAction.FEEDBACK
    text: Text


_ALL: tuple[type[SpeakerOrder], ...] = (
    *(Offer, RouteAgain, SendOn, Change, Propose, Retract, Decline, Agree, Counter, ChangeSpeaker),
    *(AskMove, AgreeMove, RefuseMove, CancelSession, Cancel, GiveBack, Withdraw, Report, Feedback),
)
SPEAKER_ORDERS: Mapping[SpeakerAction, type[SpeakerOrder]] = MappingProxyType({order.action: order for order in _ALL})
