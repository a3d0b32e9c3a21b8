"""The field's codes. Source: the services, reasons and outcomes that both agencies use (docs/domain.md)."""

from enum import StrEnum


class Agency(StrEnum):
    DINSOS = "dinsos"
    BKKBN = "bkkbn"

    @property
    def other(self) -> "Agency":
        return Agency.BKKBN if self is Agency.DINSOS else Agency.DINSOS


class Level(StrEnum):
    """Where a unit stands. `UPT` is an institution of the province."""

    KECAMATAN = "kecamatan"
    KABKOTA = "kabkota"
    PROVINSI = "provinsi"
    UPT = "upt"


class WhyClosed(StrEnum):
    """Why an office is closed for some days."""

    LOCAL_HOLIDAY = "local_holiday"
    TRAINING = "training"
    FIELD_WORK = "field_work"
    MOVING = "moving"
    NO_STAFF = "no_staff"
    DISASTER = "disaster"


class Role(StrEnum):
    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    COORDINATOR = "coordinator"
    OPERATOR = "operator"
    DPO = "dpo"


class Priority(StrEnum):
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


class Service(StrEnum):
    PKH = "PKH"
    SEMBAKO = "SEMBAKO"
    PBI_JK = "PBI-JK"
    ATENSI = "ATENSI"
    PKH_PLUS = "PKH-PLUS"
    ASPD = "ASPD"
    UPT_PSBR = "UPT-PSBR"
    UPT_PPSAA = "UPT-PPSAA"
    DTSEN_VERVAL = "DTSEN-VERVAL"
    AFTER_CARE = "AFTER-CARE"
    TPK_DAMPING = "TPK-DAMPING"
    KIE = "KIE"
    BKB = "BKB"
    PIK_R = "PIK-R"
    BKR = "BKR"
    DASHAT = "DASHAT"
    KB_PASCASALIN = "KB-PASCASALIN"
    YAN_KB = "YAN-KB"
    ELSIMIL_CATIN = "ELSIMIL-CATIN"
    GENTING = "GENTING"
    AUDIT_STUNTING = "AUDIT-STUNTING"
    NARASUMBER = "NARASUMBER"

    @property
    def agency(self) -> Agency:
        """Who gives this service; so the direction of a referral follows from its service."""
        return Agency.DINSOS if self in _DINSOS_SERVICES else Agency.BKKBN

    @property
    def for_a_group(self) -> bool:
        """True for a speaker before a group: asked for by a speaker request, never by a family's referral."""
        return self is Service.NARASUMBER

    @property
    def offered_by_a_person(self) -> bool:
        """True where a supervisor looks before the offer goes out: scarce places of the province."""
        return self in {Service.UPT_PSBR, Service.UPT_PPSAA, Service.ASPD, Service.PKH_PLUS}

    @property
    def residential(self) -> bool:
        """True where the client lives in an institution: who comes is chosen by entry rules and in turn, for a place;
        and whoever goes home gets after-care."""
        return self in {Service.UPT_PSBR, Service.UPT_PPSAA}

    @property
    def referred_by(self) -> Agency:
        """Whose units refer for it: the other agency's; but an institution refers for after-care within its own."""
        return self.agency if self is Service.AFTER_CARE else self.agency.other

    def may_be_referred_by(self, agency: Agency, level: Level | None) -> bool:
        """True where an office of *agency* and *level* may refer a family for it."""
        if self.for_a_group:
            return False
        return self.referred_by == agency and (self.agency != agency or level == Level.UPT)


_DINSOS_SERVICES = frozenset(
    {
        Service.PKH,
        Service.SEMBAKO,
        Service.PBI_JK,
        Service.ATENSI,
        Service.PKH_PLUS,
        Service.ASPD,
        Service.UPT_PSBR,
        Service.UPT_PPSAA,
        Service.DTSEN_VERVAL,
        Service.AFTER_CARE,
    }
)


class LegalBasis(StrEnum):
    """Why the data may be passed on. Source: UU 27/2022."""

    PUBLIC_TASK = "public_task"
    CONSENT = "consent"


class DeclineReason(StrEnum):
    OUTSIDE_AREA = "outside_area"
    NOT_ELIGIBLE = "not_eligible"
    NO_CAPACITY = "no_capacity"
    WAITLIST = "waitlist"
    MISSING_INFORMATION = "missing_information"
    DUPLICATE = "duplicate"
    WRONG_SERVICE = "wrong_service"
    ALREADY_SERVED = "already_served"
    FAMILY_DECLINED = "family_declined"
    NOT_FOUND = "not_found"
    MOVED = "moved"
    DECEASED = "deceased"
    NOT_OUR_MANDATE = "not_our_mandate"
    OTHER = "other"


# After these the system asks the next unit by itself (design: "after a decline").
OFFERED_ONWARD = frozenset(
    {
        DeclineReason.OUTSIDE_AREA,
        DeclineReason.NO_CAPACITY,
        DeclineReason.WRONG_SERVICE,
        DeclineReason.NOT_OUR_MANDATE,
    }
)
# After these nobody else can help: the sending side may only close or return.
ONLY_CLOSE_OR_RETURN = frozenset(
    {
        DeclineReason.NOT_ELIGIBLE,
        DeclineReason.DUPLICATE,
        DeclineReason.ALREADY_SERVED,
        DeclineReason.FAMILY_DECLINED,
        DeclineReason.DECEASED,
    }
)


class ReturnReason(StrEnum):
    MISSING_DOCUMENT = "missing_document"
    UNCLEAR_ADDRESS = "unclear_address"
    MISSING_CONSENT = "missing_consent"
    EMPTY_INDICATOR = "empty_indicator"


class CloseReason(StrEnum):
    """Why the sending side ends a referral that nobody served."""

    NOT_ELIGIBLE = "not_eligible"
    DUPLICATE = "duplicate"
    ALREADY_SERVED = "already_served"
    FAMILY_DECLINED = "family_declined"
    NOT_FOUND = "not_found"
    MOVED = "moved"
    DECEASED = "deceased"
    NO_UNIT = "no_unit"
    OTHER = "other"


class HoldReason(StrEnum):
    WAITING_PERIOD = "waiting_period"
    FAMILY_AWAY = "family_away"
    WAITING_FOR_DOCUMENT = "waiting_for_document"
    OTHER = "other"


class PlaceRefusalReason(StrEnum):
    """Why the sender does not take a place. After `not_now` it waits on, at the end of the list."""

    NOT_NOW = "not_now"
    FAMILY_DECLINED = "family_declined"
    ALREADY_SERVED = "already_served"
    MOVED = "moved"
    OTHER = "other"


class MaritalStatus(StrEnum):
    UNMARRIED = "unmarried"
    MARRIED = "married"
    WAS_MARRIED = "was_married"


class Schooling(StrEnum):
    IN_SCHOOL = "in_school"
    DROPPED_OUT = "dropped_out"
    NEVER_ATTENDED = "never_attended"
    FINISHED = "finished"


class EntryRule(StrEnum):
    """What an institution asks of whoever is to live there."""

    APPLICANT_MISSING = "applicant_missing"
    TOO_YOUNG = "too_young"
    TOO_OLD = "too_old"
    MARITAL_STATUS = "marital_status"
    SCHOOLING = "schooling"
    RECOMMENDATION = "recommendation"


class ParkReason(StrEnum):
    """Why an offer waits for the sending supervisor instead of going out by itself."""

    NO_UNIT = "no_unit"
    DUPLICATE_OVERRIDDEN = "duplicate_overridden"
    RESTRICTED = "restricted"
    SCARCE_SERVICE = "scarce_service"
    DECLINED = "declined"
    ATTEMPTS_USED = "attempts_used"
    REOPENED = "reopened"


class Decision(StrEnum):
    """What of a referral waits for somebody who leads. `void`: for an operator, whom another person asked."""

    OFFER = "offer"
    RULING = "ruling"
    CANCEL = "cancel"
    OBJECTION = "objection"
    VOID = "void"


class ReopenReason(StrEnum):
    NEED_RETURNED = "need_returned"
    CLOSED_IN_ERROR = "closed_in_error"
    NOT_SERVED = "not_served"


class VoidReason(StrEnum):
    ENTERED_IN_ERROR = "entered_in_error"
    WRONG_FAMILY = "wrong_family"
    TEST_ENTRY = "test_entry"


class Outcome(StrEnum):
    SERVED_FULL = "served_full"
    SERVED_PARTLY = "served_partly"
    ENROLLED = "enrolled"
    PROPOSED = "proposed"
    REFERRED_ONWARD = "referred_onward"
    NOT_ELIGIBLE = "not_eligible"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    MOVED = "moved"
    DECEASED = "deceased"

    @property
    def at_home(self) -> bool:
        """True where a client whom an institution gives back lives at home again, however the stay ended."""
        return self not in {Outcome.DECEASED, Outcome.REFERRED_ONWARD}

    @property
    def positive(self) -> bool:
        """True where the family was helped, or the help is on its way; silence of the sender then confirms."""
        return self in _POSITIVE


_POSITIVE = frozenset({Outcome.SERVED_FULL, Outcome.SERVED_PARTLY, Outcome.ENROLLED, Outcome.PROPOSED})


class FollowUp(StrEnum):
    """What became of a proposal after its referral was closed."""

    ENROLLED = "enrolled"
    NOT_ELIGIBLE = "not_eligible"
    STILL_WAITING = "still_waiting"


class ClockName(StrEnum):
    """What is being waited for (domain: clocks)."""

    TRIAGE = "triage"
    ACKNOWLEDGE = "acknowledge"
    DECIDE = "decide"
    ANSWER = "answer"
    REROUTE = "reroute"
    WAITLIST = "waitlist"
    PLACE = "place"
    CONTACT = "contact"
    PROGRESS = "progress"
    OUTCOME = "outcome"
    REVIEW = "review"
    CONFIRM = "confirm"
    RULING = "ruling"
    CANCEL = "cancel"
    STOP = "stop"
    VOID = "void"
    OBJECTION = "objection"


class Mark(StrEnum):
    """A moment on a clock at which something is done."""

    HALF = "half"
    MOST = "most"
    DUE = "due"
    RUNG_2 = "rung_2"
    RUNG_3 = "rung_3"
    END = "end"
    REPEAT = "repeat"


class WaysPart(StrEnum):
    """Why a story that is told again under another policy is followed no further.

    `ended`: a clock ended before somebody acted. `lasted`: it had not ended yet when it did before, and people went on
    from there. `asked_on`: the system would ask on where it left that to a person, or the other way round. `too_many`:
    more marks than anybody would set.
    """

    ENDED = "ended"
    LASTED = "lasted"
    ASKED_ON = "asked_on"
    TOO_MANY = "too_many"


class StopParty(StrEnum):
    """Who has to stop after a withdrawal, and says so."""

    RECEIVING_UNIT = "receiving_unit"
    REGISTRY = "registry"
    NOTIFY = "notify"
