"""What a person says with an action. One small model each: the API's body and the domain's input."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.contracts.codes import (
    CloseReason,
    DeclineReason,
    FollowUp,
    HoldReason,
    LegalBasis,
    MaritalStatus,
    Outcome,
    PlaceRefusalReason,
    Priority,
    ReopenReason,
    ReturnReason,
    Schooling,
    VoidReason,
)
from services.contracts.ids import IntakeId, OfficerId, ReferralId, UnitId
from services.contracts.lifecycle import Action

Text = Annotated[str, Field(min_length=1, max_length=2000)]
Short = Annotated[str, Field(min_length=1, max_length=100)]
PolicyVersion = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,63}$")]


class Order(BaseModel):
    """Base. `text` is free text: sealed at rest, never in an event."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    action: ClassVar[Action]

    text: Text | None = None

    @property
    def sealed_fields(self) -> dict[str, object]:
        """What of this order is for the timeline's readers only."""
        return {"text": self.text} if self.text else {}


class Reasoned(Order):
    """An order with a coded reason. `other` says nothing by itself: it needs a text."""

    reason: StrEnum

    @property
    def explained(self) -> bool:
        return self.reason.value != "other" or self.text is not None


class Consent(BaseModel):
    """Who agreed to which wording, and how. Source: UU 27/2022."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text_version: Short
    given_by: Annotated[str, Field(pattern="^(head_of_family|spouse|guardian|self)$")]
    how: Annotated[str, Field(pattern="^(signature|thumbprint|spoken|recorded)$")]
    at: AwareDatetime


class Submit(Order):
    action: ClassVar[Action] = Action.SUBMIT
    override: bool = Field(default=False, description="refer although the family has a live referral for this service")
    exception: bool = Field(default=False, description="although an entry rule of the institution is not met; say why")


class Discard(Order):
    action: ClassVar[Action] = Action.DISCARD


class Offer(Order):
    action: ClassVar[Action] = Action.OFFER
    unit: UnitId


class Return(Reasoned):
    action: ClassVar[Action] = Action.RETURN
    reason: ReturnReason


class Close(Reasoned):
    action: ClassVar[Action] = Action.CLOSE
    reason: CloseReason
    duplicate_of: ReferralId | None = None


class Claim(Order):
    action: ClassVar[Action] = Action.CLAIM


class Decline(Reasoned):
    action: ClassVar[Action] = Action.DECLINE
    reason: DeclineReason


class Redirect(Order):
    action: ClassVar[Action] = Action.REDIRECT
    unit: UnitId | None = Field(default=None, description="the unit that should be asked; none: the next one upward")


class Accept(Order):
    action: ClassVar[Action] = Action.ACCEPT
    assignee: OfficerId | None = None


class Ask(Order):
    action: ClassVar[Action] = Action.ASK
    text: Text


class AnswerQuestion(Order):
    action: ClassVar[Action] = Action.ANSWER
    text: Text


class WithdrawQuestion(Order):
    action: ClassVar[Action] = Action.WITHDRAW_QUESTION


class Enlist(Order):
    """Put it on a waiting list; from one list to another it keeps its turn."""

    action: ClassVar[Action] = Action.ENLIST
    intake: IntakeId | None = Field(default=None, description="none: the general list, without a beginning")
    exception: bool = Field(default=False, description="although an entry rule of the institution is not met; say why")


class OfferPlace(Order):
    """Offer a place to the first in turn. With a `text` that says why also to another one."""

    action: ClassVar[Action] = Action.OFFER_PLACE


class TakePlace(Order):
    action: ClassVar[Action] = Action.TAKE_PLACE


class RefusePlace(Reasoned):
    """After `not_now` it waits on, at the end of the list."""

    action: ClassVar[Action] = Action.REFUSE_PLACE
    reason: PlaceRefusalReason


class Contact(Order):
    action: ClassVar[Action] = Action.CONTACT
    on: date


class Unaccept(Order):
    action: ClassVar[Action] = Action.UNACCEPT


class Note(Order):
    action: ClassVar[Action] = Action.NOTE
    text: Text


class ContactFailed(Order):
    action: ClassVar[Action] = Action.CONTACT_FAILED
    on: date


class Hold(Reasoned):
    action: ClassVar[Action] = Action.HOLD
    reason: HoldReason
    review_on: date


class Resume(Order):
    action: ClassVar[Action] = Action.RESUME


class Report(Order):
    action: ClassVar[Action] = Action.REPORT
    outcome: Outcome
    on: date
    provider: Short
    programme: Short | None = Field(default=None, description="needed for `enrolled`")
    proposal_number: Short | None = Field(default=None, description="SIKS-NG number, needed for `proposed`")

    @property
    def sealed_fields(self) -> dict[str, object]:
        fields = self.model_dump(mode="json", include={"on", "provider", "programme", "proposal_number", "text"})
        return {name: value for name, value in fields.items() if value is not None}


class Confirm(Order):
    action: ClassVar[Action] = Action.CONFIRM


class Dispute(Order):
    action: ClassVar[Action] = Action.DISPUTE
    text: Text


class RuleBack(Order):
    action: ClassVar[Action] = Action.RULE_BACK
    text: Text


class RuleUphold(Order):
    action: ClassVar[Action] = Action.RULE_UPHOLD
    text: Text


class Recall(Order):
    action: ClassVar[Action] = Action.RECALL
    text: Text


class ConfirmCancel(Order):
    action: ClassVar[Action] = Action.CONFIRM_CANCEL


class RefuseCancel(Order):
    action: ClassVar[Action] = Action.REFUSE_CANCEL
    text: Text


class WithdrawConsent(Order):
    action: ClassVar[Action] = Action.WITHDRAW_CONSENT


class Object(Order):
    action: ClassVar[Action] = Action.OBJECT
    text: Text


class AnswerObjection(Order):
    action: ClassVar[Action] = Action.ANSWER_OBJECTION
    text: Text


class StopReceipt(Order):
    action: ClassVar[Action] = Action.STOP_RECEIPT


class Assign(Order):
    action: ClassVar[Action] = Action.ASSIGN
    assignee: OfficerId | None = Field(description="none: back to the unit's queue")


class AnswerFollowUp(Order):
    action: ClassVar[Action] = Action.ANSWER_FOLLOW_UP
    reply: FollowUp


class Reopen(Reasoned):
    action: ClassVar[Action] = Action.REOPEN
    reason: ReopenReason


class RequestVoid(Reasoned):
    action: ClassVar[Action] = Action.REQUEST_VOID
    reason: VoidReason


class ApproveVoid(Order):
    action: ClassVar[Action] = Action.APPROVE_VOID


class SendOn(Order):
    """Take it from the unit that is asked, and have the next one asked. `text` says why."""

    action: ClassVar[Action] = Action.SEND_ON
    text: Text


class RouteAgain(Order):
    """Have the system look for a unit once more, where it had found none. `text` says why."""

    action: ClassVar[Action] = Action.ROUTE_AGAIN
    text: Text


class MovePolicy(Order):
    """Count the clocks of this referral anew by another policy. `text` says why."""

    action: ClassVar[Action] = Action.MOVE_POLICY
    policy: PolicyVersion
    text: Text


class DocumentSeen(BaseModel):
    """A paper that was looked at; the paper itself is not kept."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: Short
    number: Short | None = None
    seen_on: date


class DocumentKept(DocumentSeen):
    """*seen_by*: the staff number of whoever looked at it."""

    seen_by: str


class Applicant(BaseModel):
    """Who is to live in an institution, as far as its entry rules ask. The recommendation: of the kab/kota's Dinsos."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    birth_date: date
    marital_status: MaritalStatus
    schooling: Schooling
    recommendation_number: Short | None = None
    recommendation_on: date | None = None


class Draft(BaseModel):
    """What a draft says. The direction follows from the service."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    basis: LegalBasis
    consent: Consent | None = None
    finding: Text | None = None
    documents: tuple[DocumentSeen, ...] = Field(default=(), max_length=30)
    applicant: Applicant | None = Field(default=None, description="needed for a service of an institution")

    def kept(self, staff_no: str) -> "KeptDraft":
        """Return what is kept of this draft when *staff_no* saves it."""
        documents = tuple(DocumentKept(**document.model_dump(), seen_by=staff_no) for document in self.documents)
        return KeptDraft(
            basis=self.basis,
            consent=self.consent,
            finding=self.finding,
            documents=documents,
            applicant=self.applicant,
        )


class KeptDraft(BaseModel):
    """A draft as it rests, sealed, in the record."""

    model_config = ConfigDict(frozen=True)

    basis: LegalBasis
    consent: Consent | None = None
    finding: str | None = None
    documents: tuple[DocumentKept, ...] = ()
    applicant: Applicant | None = None


class Edit(Order):
    action: ClassVar[Action] = Action.EDIT
    draft: Draft
    priority: Priority | None = Field(default=None, description="none: it stays as it was")
    arose_from: UUID | None = Field(default=None, description="the speaker request of whose session it arose")


_ALL: tuple[type[Order], ...] = (
    Edit,
    *(Submit, Discard, Offer, Return, Close, Claim, Decline, Redirect, Accept, Ask, AnswerQuestion, WithdrawQuestion),
    *(Enlist, OfferPlace, TakePlace, RefusePlace),
    *(Contact, Unaccept, Note, ContactFailed, Hold, Resume, Report, Confirm, Dispute, RuleBack, RuleUphold, Recall),
    *(ConfirmCancel, RefuseCancel, WithdrawConsent, Object, AnswerObjection, StopReceipt, Assign, AnswerFollowUp),
    *(Reopen, RequestVoid, ApproveVoid, SendOn, RouteAgain, MovePolicy),
)
ORDERS: Mapping[Action, type[Order]] = MappingProxyType({order.action: order for order in _ALL})
