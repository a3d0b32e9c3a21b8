"""The lifecycle of a referral, as one total table: the only place that knows which action leads where.

Domain, API, workflow and tests read it. Source: docs/lifecycle.md.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache

from services.contracts.table import Cell, tabled


class State(StrEnum):
    DRAFT = "draft"
    TRIAGE = "triage"
    OFFERED = "offered"
    RECEIVED = "received"
    INFO_NEEDED = "info_needed"
    WAITLISTED = "waitlisted"
    PLACE_OFFERED = "place_offered"
    ACCEPTED = "accepted"
    IN_SERVICE = "in_service"
    ON_HOLD = "on_hold"
    REPORTED = "reported"
    REROUTING = "rerouting"
    CANCELLING = "cancelling"
    STOPPING = "stopping"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    VOID = "void"


class Action(StrEnum):
    EDIT = "edit"
    SUBMIT = "submit"
    DISCARD = "discard"
    PURGE = "purge"
    WARN_DRAFT = "warn_draft"
    OFFER = "offer"
    PARK = "park"
    RETURN = "return"
    CLOSE = "close"
    CLAIM = "claim"
    DECLINE = "decline"
    REDIRECT = "redirect"
    EXPIRE = "expire"
    ACCEPT = "accept"
    ASK = "ask"
    ANSWER = "answer"
    WITHDRAW_QUESTION = "withdraw_question"
    LAPSE_QUESTION = "lapse_question"
    OFFER_PLACE = "offer_place"
    ENLIST = "enlist"
    TAKE_PLACE = "take_place"
    REFUSE_PLACE = "refuse_place"
    LAPSE_PLACE = "lapse_place"
    CONTACT = "contact"
    UNACCEPT = "unaccept"
    NOTE = "note"
    CONTACT_FAILED = "contact_failed"
    HOLD = "hold"
    RESUME = "resume"
    REPORT = "report"
    CONFIRM = "confirm"
    AUTO_CONFIRM = "auto_confirm"
    DISPUTE = "dispute"
    RULE_BACK = "rule_back"
    RULE_UPHOLD = "rule_uphold"
    RECALL = "recall"
    CONFIRM_CANCEL = "confirm_cancel"
    REFUSE_CANCEL = "refuse_cancel"
    WITHDRAW_CONSENT = "withdraw_consent"
    OBJECT = "object"
    ANSWER_OBJECTION = "answer_objection"
    STOP_RECEIPT = "stop_receipt"
    ASSIGN = "assign"
    REOPEN = "reopen"
    REQUEST_VOID = "request_void"
    APPROVE_VOID = "approve_void"
    LAPSE_VOID = "lapse_void"
    SEND_ON = "send_on"
    ROUTE_AGAIN = "route_again"
    MOVE_POLICY = "move_policy"
    RENUMBER = "renumber"
    NOTE_HOME = "note_home"
    ASK_FOLLOW_UP = "ask_follow_up"
    ANSWER_FOLLOW_UP = "answer_follow_up"
    REMIND = "remind"
    ESCALATE = "escalate"


class Party(StrEnum):
    """Who may act, seen from one referral."""

    SENDER = "sender"
    SENDING_SUPERVISOR = "sending_supervisor"
    SENDING_COORDINATOR = "sending_coordinator"
    RECEIVER = "receiver"
    RECEIVING_WORKER = "receiving_worker"
    RECEIVING_SUPERVISOR = "receiving_supervisor"
    RECEIVING_COORDINATOR = "receiving_coordinator"
    DPO = "dpo"
    OPERATOR = "operator"
    SYSTEM = "system"


class To(StrEnum):
    """A target that depends on the referral itself."""

    SAME = "same"
    BACK = "back"
    AFTER_DISPUTE = "after_dispute"
    AFTER_STOP = "after_stop"
    AFTER_PLACE = "after_place"


FINAL = frozenset({State.CLOSED, State.CANCELLED, State.VOID})
LIVE = frozenset(State) - FINAL
SUBMITTED_LIVE = LIVE - {State.DRAFT}
ON_THE_LIST = frozenset({State.WAITLISTED, State.PLACE_OFFERED})
BEFORE_ACCEPTANCE = ON_THE_LIST | {State.TRIAGE, State.OFFERED, State.RECEIVED, State.INFO_NEEDED, State.REROUTING}
IN_HAND = frozenset({State.ACCEPTED, State.IN_SERVICE, State.ON_HOLD})
HOLDS_A_PLACE = IN_HAND | {State.PLACE_OFFERED, State.REPORTED, State.CANCELLING}
# From the moment a unit was asked until it is done with the family.
WITH_RECEIVER = HOLDS_A_PLACE | {State.OFFERED, State.RECEIVED, State.INFO_NEEDED, State.WAITLISTED, State.STOPPING}


Rule = Cell[Party, State | To]

SENDER = frozenset({Party.SENDER})
SENDING_SUPERVISOR = frozenset({Party.SENDING_SUPERVISOR})
RECEIVER = frozenset({Party.RECEIVER})
RECEIVING_SUPERVISOR = frozenset({Party.RECEIVING_SUPERVISOR})
WORKER = frozenset({Party.RECEIVING_WORKER})
SYSTEM = frozenset({Party.SYSTEM})
OPERATOR = frozenset({Party.OPERATOR})
EITHER_SUPERVISOR = frozenset({Party.SENDING_SUPERVISOR, Party.RECEIVING_SUPERVISOR})
EITHER_OFFICER_OR_DPO = frozenset({Party.SENDER, Party.RECEIVER, Party.DPO})

_Row = tuple[frozenset[State] | State, Action, frozenset[Party], State | To, str]
_S, _A = State, Action

_ROWS: tuple[_Row, ...] = (
    (_S.DRAFT, _A.EDIT, SENDER, To.SAME, "edited"),
    (_S.DRAFT, _A.SUBMIT, SENDER, _S.TRIAGE, "submitted"),
    (_S.DRAFT, _A.DISCARD, SENDER, _S.VOID, "discarded"),
    (_S.DRAFT, _A.WARN_DRAFT, SYSTEM, To.SAME, "draft_warned"),
    (_S.DRAFT, _A.PURGE, SYSTEM, _S.VOID, "purged"),
    (_S.TRIAGE, _A.OFFER, SYSTEM | SENDING_SUPERVISOR, _S.OFFERED, "offered"),
    (_S.REROUTING, _A.OFFER, SYSTEM | SENDING_SUPERVISOR, _S.OFFERED, "offered"),
    (frozenset({_S.TRIAGE, _S.REROUTING}), _A.PARK, SYSTEM, To.SAME, "parked"),
    (_S.TRIAGE, _A.RETURN, SENDING_SUPERVISOR, _S.DRAFT, "returned"),
    (_S.REROUTING, _A.RETURN, SENDING_SUPERVISOR | SENDER, _S.DRAFT, "returned"),
    (frozenset({_S.TRIAGE, _S.REROUTING}), _A.CLOSE, SENDING_SUPERVISOR, _S.CLOSED, "closed"),
    (_S.OFFERED, _A.CLAIM, RECEIVER, _S.RECEIVED, "claimed"),
    (frozenset({_S.OFFERED, _S.RECEIVED, _S.WAITLISTED}), _A.DECLINE, RECEIVER, _S.REROUTING, "declined"),
    (frozenset({_S.OFFERED, _S.RECEIVED}), _A.REDIRECT, RECEIVER, _S.REROUTING, "redirected"),
    (frozenset({_S.OFFERED, _S.RECEIVED}), _A.EXPIRE, SYSTEM, _S.REROUTING, "expired"),
    (_S.RECEIVED, _A.ACCEPT, RECEIVER, _S.ACCEPTED, "accepted"),
    (_S.RECEIVED, _A.ASK, RECEIVER, _S.INFO_NEEDED, "asked"),
    (_S.INFO_NEEDED, _A.ANSWER, SENDER, _S.RECEIVED, "answered"),
    (_S.INFO_NEEDED, _A.WITHDRAW_QUESTION, RECEIVER, _S.RECEIVED, "question_withdrawn"),
    (_S.INFO_NEEDED, _A.LAPSE_QUESTION, SYSTEM, _S.RECEIVED, "question_lapsed"),
    (frozenset({_S.RECEIVED, _S.WAITLISTED}), _A.ENLIST, RECEIVER, _S.WAITLISTED, "enlisted"),
    (_S.WAITLISTED, _A.OFFER_PLACE, SYSTEM | RECEIVING_SUPERVISOR, _S.PLACE_OFFERED, "place_offered"),
    (_S.PLACE_OFFERED, _A.TAKE_PLACE, SENDER, _S.ACCEPTED, "place_taken"),
    (_S.PLACE_OFFERED, _A.REFUSE_PLACE, SENDER, To.AFTER_PLACE, "place_refused"),
    (_S.PLACE_OFFERED, _A.LAPSE_PLACE, SYSTEM, To.AFTER_PLACE, "place_lapsed"),
    (_S.ACCEPTED, _A.CONTACT, WORKER, _S.IN_SERVICE, "contacted"),
    (_S.ACCEPTED, _A.UNACCEPT, RECEIVER, _S.RECEIVED, "unaccepted"),
    (frozenset({_S.ACCEPTED, _S.IN_SERVICE}), _A.NOTE, WORKER, To.SAME, "noted"),
    (frozenset({_S.ACCEPTED, _S.IN_SERVICE}), _A.CONTACT_FAILED, WORKER, To.SAME, "contact_failed"),
    (frozenset({_S.ACCEPTED, _S.IN_SERVICE}), _A.HOLD, RECEIVER, _S.ON_HOLD, "held"),
    (_S.ON_HOLD, _A.RESUME, RECEIVER | SYSTEM, To.BACK, "resumed"),
    (IN_HAND, _A.REPORT, WORKER, _S.REPORTED, "reported"),
    (_S.REPORTED, _A.CONFIRM, SENDER, _S.CLOSED, "confirmed"),
    (_S.REPORTED, _A.AUTO_CONFIRM, SYSTEM, _S.CLOSED, "auto_confirmed"),
    (_S.REPORTED, _A.DISPUTE, SENDER, To.AFTER_DISPUTE, "disputed"),
    (_S.REPORTED, _A.RULE_BACK, frozenset({Party.SENDING_COORDINATOR}), _S.IN_SERVICE, "ruled_back"),
    (_S.REPORTED, _A.RULE_UPHOLD, frozenset({Party.SENDING_COORDINATOR}), _S.CLOSED, "ruled_upheld"),
    (BEFORE_ACCEPTANCE, _A.RECALL, SENDER, _S.CANCELLED, "recalled"),
    (IN_HAND, _A.RECALL, SENDER, _S.CANCELLING, "recall_asked"),
    (
        _S.CANCELLING,
        _A.CONFIRM_CANCEL,
        frozenset({Party.RECEIVER, Party.RECEIVING_COORDINATOR}),
        _S.CANCELLED,
        "cancel_confirmed",
    ),
    (
        _S.CANCELLING,
        _A.REFUSE_CANCEL,
        frozenset({Party.RECEIVER, Party.RECEIVING_COORDINATOR}),
        To.BACK,
        "cancel_refused",
    ),
    (SUBMITTED_LIVE - {_S.STOPPING}, _A.WITHDRAW_CONSENT, EITHER_OFFICER_OR_DPO, _S.STOPPING, "consent_withdrawn"),
    (SUBMITTED_LIVE - {_S.STOPPING}, _A.OBJECT, EITHER_OFFICER_OR_DPO, To.SAME, "objected"),
    (SUBMITTED_LIVE - {_S.STOPPING}, _A.ANSWER_OBJECTION, EITHER_SUPERVISOR, To.SAME, "objection_answered"),
    (_S.STOPPING, _A.STOP_RECEIPT, RECEIVER | SYSTEM, To.AFTER_STOP, "stop_received"),
    (SUBMITTED_LIVE - {_S.STOPPING}, _A.ASSIGN, RECEIVER | SYSTEM, To.SAME, "assigned"),
    (_S.STOPPING, _A.ASSIGN, SYSTEM, To.SAME, "assigned"),
    (_S.CLOSED, _A.REOPEN, frozenset({Party.SENDING_SUPERVISOR, Party.SENDING_COORDINATOR}), _S.TRIAGE, "reopened"),
    (frozenset(State) - {_S.VOID}, _A.REQUEST_VOID, EITHER_SUPERVISOR, To.SAME, "void_requested"),
    (frozenset(State) - {_S.VOID}, _A.APPROVE_VOID, OPERATOR, _S.VOID, "voided"),
    (frozenset(State) - {_S.VOID}, _A.LAPSE_VOID, SYSTEM, To.SAME, "void_lapsed"),
    (frozenset({_S.OFFERED, _S.RECEIVED}), _A.SEND_ON, OPERATOR, _S.REROUTING, "sent_on"),
    (frozenset({_S.TRIAGE, _S.REROUTING}), _A.ROUTE_AGAIN, OPERATOR, To.SAME, "routed_again"),
    (LIVE, _A.MOVE_POLICY, OPERATOR, To.SAME, "policy_moved"),
    (frozenset(State) - {_S.DRAFT, _S.VOID}, _A.RENUMBER, SYSTEM, To.SAME, "renumbered"),
    (SUBMITTED_LIVE - {_S.STOPPING}, _A.NOTE_HOME, SYSTEM, To.SAME, "home_noted"),
    (_S.CLOSED, _A.ASK_FOLLOW_UP, SYSTEM, To.SAME, "follow_up_asked"),
    (_S.CLOSED, _A.ANSWER_FOLLOW_UP, RECEIVER, To.SAME, "followed_up"),
    (LIVE, _A.REMIND, SYSTEM, To.SAME, "reminded"),
    (LIVE, _A.ESCALATE, SYSTEM, To.SAME, "escalated"),
)


RULES: Mapping[tuple[State, Action], Rule] = tabled(_ROWS)
FACTS: tuple[str, ...] = ("created", *dict.fromkeys(row[4] for row in _ROWS))


def rule(state: State, action: Action) -> Rule | None:
    """Return what *action* does in *state*, or None where the table has no such cell. Total: never raises."""
    return RULES.get((state, action))


@cache
def allowed(state: State, parties: frozenset[Party]) -> tuple[Action, ...]:
    """Return the actions that someone who is all of *parties* may try in *state*, in the table's order."""
    return tuple(action for action in Action if (cell := rule(state, action)) and cell.by & parties)
