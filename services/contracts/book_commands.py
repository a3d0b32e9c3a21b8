"""The commands of the books: reading the record page by page, comparing, healing, and writing down what was found.

Pages hold ids only. Every part answers for its own outbox and inbox; those commands bear the part's name.
"""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from pydantic import Field

from services.contracts.books import FindingKind, Remedy
from services.contracts.cases import CaseKind, CaseSnapshot
from services.contracts.commands import CommandRef
from services.contracts.ids import ReferralId
from services.contracts.snapshot import Contract, Snapshot

A_WHILE = timedelta(minutes=1)
SIGN_OF_LIFE = timedelta(seconds=30)
EventIds = tuple[UUID, ...]


class Place(Contract):
    """How far a pass has come: *after* is the last id or entry seen of the part *leg* of the way."""

    leg: int = 0
    after: str | None = None
    pages: int = 0
    told_up_to: Mapping[str, str] = Field(default_factory=dict)


class BooksOrder(Contract):
    """How a pass is made. What happened in the last *settled_seconds* is still on its way, and not missing."""

    settled_seconds: float = Field(default=120.0, ge=0)
    interval_seconds: float = Field(default=300.0, gt=0)
    page: int = Field(default=2000, ge=1)
    """So many ids take 80 KB on the way, far below what Temporal takes; the way itself costs most of a smaller page."""
    whole: bool | None = None
    """Go through everything, and not only through what is live or new; None leaves it to the record: once a day."""
    place: Place | None = None
    """Where to go on, in a run that follows another one of the same pass."""


class BeginPass(Contract):
    pass_id: UUID
    order: BooksOrder


class PassBegan(Contract):
    """*told_up_to*: for each stream the last entry that the passes before have found in every inbox.

    *clock_was_away*: nobody looked for a while, so Temporal was away, and late marks are no wonder.
    """

    whole: bool
    clock_was_away: bool
    told_up_to: Mapping[str, str]


class LivePage(Contract):
    after: ReferralId | None
    limit: int


class LiveIds(Contract):
    """Ids of live submitted referrals, in their order. *last* is where the next page begins; None after the last."""

    ids: tuple[ReferralId, ...]
    last: ReferralId | None


class ByIds(Contract):
    """Referrals to which something happened in the last *settled_seconds* are not answered: it is still on its way."""

    ids: tuple[ReferralId, ...]
    settled_seconds: float = 0.0


class Snapshots(Contract):
    snapshots: tuple[Snapshot, ...]
    unknown: tuple[ReferralId, ...] = ()


class CompareRuns(Contract):
    """Compare *ids* with the workflows that run after the id *after* and up to *upto*; None is open.

    *whole*: read the list itself, not only how many of it are meant and how many there are.
    """

    ids: tuple[UUID, ...]
    after: UUID | None
    upto: UUID | None
    kind: CaseKind = CaseKind.REFERRAL
    whole: bool = False


class RunsDiffer(Contract):
    """*missing*: no workflow runs for them. *extra*: one runs although the page does not name them."""

    missing: tuple[UUID, ...] = ()
    extra: tuple[UUID, ...] = ()


class FeedRuns(Contract):
    """Hand *snapshots* to their workflows. *missing*: none of them runs, as far as anybody knows."""

    snapshots: tuple[CaseSnapshot, ...]
    missing: bool = False


class CheckRecord(Contract):
    """Check one page of the record by itself: what is live, or everything where *whole*."""

    after: UUID | None
    limit: int
    whole: bool


class Violation(Contract):
    kind: FindingKind
    subjects: tuple[str, ...]


class Checked(Contract):
    """What the page violates. *last* is where the next page begins; None after the last one."""

    violations: tuple[Violation, ...]
    last: UUID | None


class Finding(Contract):
    kind: FindingKind
    subjects: tuple[str, ...]
    done: Remedy


class NoteFindings(Contract):
    pass_id: UUID
    findings: tuple[Finding, ...]


class EndPass(Contract):
    pass_id: UUID
    pages: int
    told_up_to: Mapping[str, str]


class PassEnded(Contract):
    """*found* counts subjects, *healed* those that are not left to a person."""

    pages: int
    found: int
    healed: int


class CloseDays(Contract):
    """Close the days that are over. *limit* bounds one transaction."""

    limit: int = 31


class DaysClosed(Contract):
    closed: int


class TakenQuestion(Contract):
    stream: str


class TakenUpTo(Contract):
    """Every entry below *below* was acknowledged by this part's group; None where nobody can say."""

    below: str | None


class ToldPage(Contract):
    after: str
    below: str
    limit: int
    settled_seconds: float


class ToldEvents(Contract):
    """What was told between the two entries: event ids by type. *last* is the last entry of the page, if it has any.

    *late*: events that wait to be published for longer than they should.
    """

    events: Mapping[str, EventIds]
    last: str | None
    more: bool
    late: EventIds = ()


class NotTakenQuestion(Contract):
    stream: str
    events: Mapping[str, EventIds]


class NotTaken(Contract):
    """*lost*: no sign of them. *set_aside*: dead letters, which a person puts back."""

    lost: EventIds = ()
    set_aside: EventIds = ()


class TellAgain(Contract):
    ids: EventIds


class ToldAgain(Contract):
    told: int


class NoteClosed(Contract):
    """Write down one page of the runs that have closed: since the last time, or all that Temporal still has if *whole*.

    *after* is where the page before ended, in words that only the owner reads.
    """

    after: str | None
    limit: int
    whole: bool


class ClosedNoted(Contract):
    """*noted*: how many were not known. *last* is where the next page begins; None after the last one."""

    noted: int
    last: str | None


class ArchiveRuns(Contract):
    """Put one page of the histories that are not archived into the archive, the oldest first."""

    after: str | None
    limit: int


class ClosedRun(Contract):
    workflow_id: str
    run_id: UUID

    def __str__(self) -> str:
        return f"{self.workflow_id}/{self.run_id}"


class ClosedRuns(Contract):
    runs: tuple[ClosedRun, ...]


class Endangered(Contract):
    """*unread_since*: the list of closed runs was not read to its end since then (or `never`), so nobody knows them."""

    runs: tuple[ClosedRun, ...]
    unread_since: str | None = None


class RunsArchived(Contract):
    """*lost*: of these runs Temporal has no history any more. *last* as in ClosedNoted."""

    archived: int
    last: str | None
    lost: tuple[ClosedRun, ...] = ()


class InDanger(Contract):
    """Which histories are not archived although Temporal drops them before long? The oldest *limit* of them."""

    limit: int


class Nothing(Contract):
    """A command that needs no answer."""


BEGIN_PASS = CommandRef("referral.begin_pass", "referral-commands", BeginPass, PassBegan)
LIVE_PAGE = CommandRef("referral.live_page", "referral-commands", LivePage, LiveIds)
SNAPSHOTS = CommandRef("referral.snapshots", "referral-commands", ByIds, Snapshots)
CHECK_RECORD = CommandRef("referral.check_record", "referral-commands", CheckRecord, Checked, timeout=A_WHILE)
NOTE_FINDINGS = CommandRef("referral.note_findings", "referral-commands", NoteFindings, Nothing)
END_PASS = CommandRef("referral.end_pass", "referral-commands", EndPass, PassEnded)
CLOSE_DAYS = CommandRef("referral.close_days", "referral-commands", CloseDays, DaysClosed, timeout=A_WHILE)
COMPARE_RUNS = CommandRef("workflows.compare_runs", "workflows-commands", CompareRuns, RunsDiffer, timeout=A_WHILE)
FEED_RUNS = CommandRef("workflows.feed_runs", "workflows-commands", FeedRuns, Nothing, timeout=A_WHILE)

NOTE_CLOSED = CommandRef("workflows.note_closed", "workflows-commands", NoteClosed, ClosedNoted, timeout=A_WHILE)
ARCHIVE_RUNS = CommandRef(
    "workflows.archive_runs", "workflows-commands", ArchiveRuns, RunsArchived, timeout=A_WHILE, heartbeat=SIGN_OF_LIFE
)
GIVE_UP_RUNS = CommandRef("workflows.give_up_runs", "workflows-commands", ClosedRuns, Nothing)
RUNS_IN_DANGER = CommandRef("workflows.runs_in_danger", "workflows-commands", InDanger, Endangered)


def queue_of(part: str) -> str:
    return f"{part}-commands"


def told_page(part: str) -> CommandRef[ToldPage, ToldEvents]:
    """What *part* told on its own stream."""
    return CommandRef(f"{part}.told_page", queue_of(part), ToldPage, ToldEvents)


def tell_again(part: str) -> CommandRef[TellAgain, ToldAgain]:
    """Have the relay of *part* publish the same bytes once more."""
    return CommandRef(f"{part}.tell_again", queue_of(part), TellAgain, ToldAgain)


def taken_up_to(part: str) -> CommandRef[TakenQuestion, TakenUpTo]:
    return CommandRef(f"{part}.taken_up_to", queue_of(part), TakenQuestion, TakenUpTo)


def not_taken(part: str) -> CommandRef[NotTakenQuestion, NotTaken]:
    """Which events the inbox of *part* lacks, of the types that it handles."""
    return CommandRef(f"{part}.not_taken", queue_of(part), NotTakenQuestion, NotTaken)
