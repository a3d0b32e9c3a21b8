"""Every few minutes: is all that the record knows waited for and told, and does the record agree with itself?

Then the histories of what has ended are put away, before Temporal drops them.

One pass, page by page. A gap is healed from the record and written down; what only a person can mend is written down.
It counts nothing and trusts no list: every difference is one of ids, and looked at again where it belongs.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial
from uuid import UUID

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from services.contracts import book_commands as commands
    from services.contracts.book_commands import BooksOrder, PassEnded
    from services.contracts.books import FindingKind, Remedy
    from services.contracts.cases import CaseKind, CaseSnapshot, is_awaited, kind_of, named
    from services.contracts.events import GROUPS

from workflows import asking
from workflows.call import call

WORKFLOW_ID = "books"
# Not the queue of the referrals: a pass must not stand before a deadline, nor before a worker of another release.
TASK_QUEUE = commands.queue_of("workflows")
SNAPSHOTS_AT_ONCE = 50
# For so long a part that is away is waited for: the pass has others to ask.
PATIENCE = timedelta(seconds=20)
# Archiving holds up no pass either, whatever is wrong with it.
ARCHIVING_PATIENCE = timedelta(minutes=3)
HISTORIES_AT_ONCE = 100
# A pass names so many of the histories in danger: the oldest. All have the same cause.
NAMED_AT_ONCE = 10
# A pass that began under the first release goes on as it was planned then.
ARCHIVES = "archives-histories"
ASKS_ONCE = "asks-who-is-away-once"
COUNTS_REQUESTS = "counts-requests"

Kind = FindingKind
Leg = Callable[[str | None], Awaitable[str | None]]
"""One page of what has to be looked at, after the one that ended there; what it returns is where the next begins."""


@workflow.defn(name="BooksWorkflow")
class BooksWorkflow:
    @workflow.init
    def __init__(self, order: BooksOrder) -> None:
        self._order, self._place = order, order.place or commands.Place()
        self._pass = UUID(workflow.info().first_execution_run_id)
        self._away: set[str] = set()

    @workflow.run
    async def run(self, order: BooksOrder) -> PassEnded:
        self._began = await call(commands.BEGIN_PASS, commands.BeginPass(pass_id=self._pass, order=order))
        if order.place is None:
            self._go_on(told_up_to=self._began.told_up_to)
        events = (partial(self._check_events, stream) for stream in GROUPS)
        archive = (self._note_closed, self._archive) if workflow.patched(ARCHIVES) else ()
        legs: list[Leg] = [*self._of(CaseKind.REFERRAL), *events, *archive]
        if workflow.patched(COUNTS_REQUESTS):  # at the end: what an earlier release began goes on where it was
            legs += self._of(CaseKind.SPEAKER)
        for number, leg in enumerate(legs):
            while self._place.leg == number:
                after = await leg(self._place.after)
                self._go_on(pages=self._place.pages + 1, after=after, leg=number + (after is None))
                if workflow.info().is_continue_as_new_suggested():
                    workflow.continue_as_new(order.model_copy(update={"place": self._place}))
        if archive:
            await self._name_those_in_danger()
        while (await call(commands.CLOSE_DAYS, commands.CloseDays())).closed:
            pass
        end = commands.EndPass(pass_id=self._pass, pages=self._place.pages, told_up_to=self._place.told_up_to)
        return await call(commands.END_PASS, end)

    def _go_on(self, **to: object) -> None:
        self._place = self._place.model_copy(update=to)

    def _of(self, case: CaseKind) -> tuple[Leg, Leg]:
        return partial(self._compare_runs, case), partial(self._check_record, case)

    async def _compare_runs(self, case: CaseKind, after: str | None) -> str | None:
        """Every live case has a running workflow (a draft that nobody submitted has none), and no other has."""
        begin = _case(after)
        page = await asking.live_page(case, begin, self._order.page)
        whole = self._began.whole
        asked = commands.CompareRuns(ids=page.ids, after=begin, upto=page.last, kind=case, whole=whole)
        differ = await call(commands.COMPARE_RUNS, asked)
        for some in _portions(differ.missing):
            missed = [each for each in (await self._newest(case, some)).snapshots if is_awaited(each)]
            await self._feed(missed, Kind.WORKFLOW_MISSING, Remedy.STARTED)
        for some in _portions(differ.extra):
            newest = await self._newest(case, some)
            over = [each for each in newest.snapshots if not is_awaited(each)]
            await self._feed(over, Kind.WORKFLOW_LEFT_OVER, Remedy.ENDED)
            await self._note(Kind.WORKFLOW_UNKNOWN, [named(case, each) for each in newest.unknown], Remedy.LEFT)
        return _text(page.last)

    async def _check_record(self, case: CaseKind, after: str | None) -> str | None:
        """The record agrees with itself, and no mark is late."""
        asked = commands.CheckRecord(after=_case(after), limit=self._order.page, whole=self._began.whole)
        checked = await asking.check_record(case, asked)
        for violation in checked.violations:
            if violation.kind is Kind.MARK_OVERDUE:
                await self._resync(case, [UUID(each) for each in violation.subjects])
            else:
                await self._note(violation.kind, [named(case, each) for each in violation.subjects], Remedy.LEFT)
        return _text(checked.last)

    async def _resync(self, case: CaseKind, late: list[UUID]) -> None:
        """Hand the newest snapshot to whose mark is late. That they are is news only while the clock was there."""
        for some in _portions(late):
            newest = await asking.newest(case, some)
            kind = None if self._began.clock_was_away else Kind.MARK_OVERDUE
            await self._feed(list(newest.snapshots), kind, Remedy.RESYNCED)

    async def _check_events(self, stream: str, after: str | None) -> str | None:
        """What was told on *stream*, and acknowledged by every group, is in every inbox."""
        if self._away & {stream, *GROUPS[stream]}:
            return None
        try:
            told = await self._told_page(stream, after)
            if told is None:
                return None
            await self._compare_inboxes(stream, told.events)
        except ActivityError as error:  # the next pass begins where this one could not go on
            if workflow.patched(ASKS_ONCE):
                self._away.add(error.activity_type.partition(".")[0])
            return None
        if told.last is not None:
            self._go_on(told_up_to={**self._place.told_up_to, stream: told.last})
        if not told.more:
            await self._note(Kind.EVENT_NOT_TOLD, [f"{stream}/{each}" for each in told.late], Remedy.LEFT)
        return told.last if told.more else None

    async def _told_page(self, stream: str, after: str | None) -> commands.ToldEvents | None:
        """Return the next page of what every group has acknowledged; None where a group cannot say."""
        question = commands.TakenQuestion(stream=stream)
        groups = GROUPS[stream]
        bounds = [(await call(commands.taken_up_to(group), question, within=PATIENCE)).below for group in groups]
        known = [bound for bound in bounds if bound is not None]
        if len(known) < len(bounds):
            return None
        seen = after or ("" if self._began.whole else self._place.told_up_to.get(stream, ""))
        page = commands.ToldPage(
            after=seen, below=min(known), limit=self._order.page, settled_seconds=self._order.settled_seconds
        )
        return await call(commands.told_page(stream), page, within=PATIENCE)

    async def _compare_inboxes(self, stream: str, events: Mapping[str, commands.EventIds]) -> None:
        """Ask each group what its inbox lacks, and have all that be told once more."""
        if not events:
            return
        question = commands.NotTakenQuestion(stream=stream, events=events)
        answers = {group: await call(commands.not_taken(group), question, within=PATIENCE) for group in GROUPS[stream]}
        lost = tuple(dict.fromkeys(each for answer in answers.values() for each in answer.lost))
        if lost:
            await call(commands.tell_again(stream), commands.TellAgain(ids=lost), within=PATIENCE)
        for group, answer in answers.items():
            await self._note(Kind.EVENT_NOT_TAKEN, [f"{group}/{each}" for each in answer.lost], Remedy.TOLD_AGAIN)
            await self._note(Kind.EVENT_SET_ASIDE, [f"{group}/{each}" for each in answer.set_aside], Remedy.LEFT)

    async def _note_closed(self, after: str | None) -> str | None:
        """Every run that has ended is known to the archive."""
        page = commands.NoteClosed(after=after, limit=self._order.page, whole=self._began.whole)
        try:
            return (await call(commands.NOTE_CLOSED, page, within=PATIENCE)).last
        except ActivityError:
            return None  # the next pass reads the list from where it was read to its end

    async def _archive(self, after: str | None) -> str | None:
        """The histories of those go into the archive. They never come by here: they can be large."""
        limit = min(self._order.page, HISTORIES_AT_ONCE)
        try:
            page = await call(
                commands.ARCHIVE_RUNS, commands.ArchiveRuns(after=after, limit=limit), within=ARCHIVING_PATIENCE
            )
        except ActivityError:
            return None  # what it put away is put away; the next pass goes on with the rest
        if page.lost:
            await self._note(Kind.HISTORY_LOST, page.lost, Remedy.LEFT)
            await call(commands.GIVE_UP_RUNS, commands.ClosedRuns(runs=page.lost))
        long = workflow.now() - workflow.info().start_time > timedelta(seconds=self._order.interval_seconds)
        return None if long else page.last  # the next pass goes on: the days have to be closed as well

    async def _name_those_in_danger(self) -> None:
        danger = await call(commands.RUNS_IN_DANGER, commands.InDanger(limit=NAMED_AT_ONCE))
        unread = [f"list/{danger.unread_since}"] if danger.unread_since else []
        await self._note(Kind.HISTORY_IN_DANGER, [*danger.runs, *unread], Remedy.LEFT)

    async def _newest(self, case: CaseKind, ids: tuple[UUID, ...]) -> asking.Found:
        """Return those at rest: what somebody has just done is still on its way."""
        return await asking.newest(case, ids, settled_seconds=self._order.settled_seconds)

    async def _feed(self, snapshots: list[CaseSnapshot], kind: FindingKind | None, done: Remedy) -> None:
        if not snapshots:
            return
        missing = kind is Kind.WORKFLOW_MISSING
        await call(commands.FEED_RUNS, commands.FeedRuns(snapshots=tuple(snapshots), missing=missing))
        if kind is not None:
            await self._note(kind, [named(kind_of(each), each.case_id) for each in snapshots], done)

    async def _note(self, kind: FindingKind, subjects: Iterable[object], done: Remedy) -> None:
        named = tuple(map(str, subjects))
        if named:
            finding = commands.Finding(kind=kind, subjects=named, done=done)
            await call(commands.NOTE_FINDINGS, commands.NoteFindings(pass_id=self._pass, findings=(finding,)))


def _portions(ids: Sequence[UUID]) -> Iterator[tuple[UUID, ...]]:
    """Yield *ids* in portions whose snapshots fit into one answer."""
    for start in range(0, len(ids), SNAPSHOTS_AT_ONCE):
        yield tuple(ids[start : start + SNAPSHOTS_AT_ONCE])


def _case(after: str | None) -> UUID | None:
    return None if after is None else UUID(after)


def _text(last: UUID | None) -> str | None:
    return None if last is None else str(last)
