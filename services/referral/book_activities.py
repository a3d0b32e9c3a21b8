"""The commands that the books give to the record: pages of it, checks of it, and what is written down."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog
from sqlmodel import col

from services.contracts import book_commands as commands
from services.contracts.books import FindingKind, Remedy
from services.contracts.ids import ReferralId
from services.contracts.speaking.commands import SPEAKER_CHECK_RECORD
from services.kit import temporal
from services.kit.database import Tx
from services.kit.signing import SigningKey
from services.referral import directions, passes, step_times, tally
from services.referral.checks import MOST_NAMED, check_record, live_page
from services.referral.closing_days import close_days
from services.referral.repository import from_row, select_referral
from services.referral.speaking.checks import check_requests
from services.referral.tables import ReferralRow
from services.referral.usecases import Record

log = structlog.get_logger()

# What somebody has just done is still on its way to the workflow: such a referral is asked after by a later pass.
_RESTLESS: Final = """
SELECT referral.id FROM referral JOIN timeline ON timeline.referral = referral.id
    AND timeline.version = referral.version AND timeline.at > %(since)s
WHERE referral.id = ANY(%(ids)s)
"""


class BookCommands:
    """*key* signs the day lines."""

    def __init__(self, record: Record, key: SigningKey) -> None:
        self._record, self._key = record, key

    def activities(self) -> Sequence[temporal.Activity]:
        return (
            temporal.serves(commands.BEGIN_PASS, self.begin_pass),
            temporal.serves(commands.LIVE_PAGE, self.live_page),
            temporal.serves(commands.SNAPSHOTS, self.snapshots),
            temporal.serves(commands.CHECK_RECORD, self.check_record),
            temporal.serves(SPEAKER_CHECK_RECORD, self.check_requests),
            temporal.serves(commands.NOTE_FINDINGS, self.note_findings),
            temporal.serves(commands.END_PASS, self.end_pass),
            temporal.serves(commands.CLOSE_DAYS, self.close_days),
        )

    async def begin_pass(self, command: commands.BeginPass) -> commands.PassBegan:
        async with self._record.database.begin() as tx:
            await tally.fold(tx)
            began = await passes.begin_pass(tx, command, now=self._record.now())
            if began.whole and (wrong := await tally.mend(tx)):
                await self._note_counts(tx, command.pass_id, wrong)
            return began

    async def _note_counts(self, tx: Tx, pass_id: UUID, wrong: list[str]) -> None:
        finding = commands.Finding(
            kind=FindingKind.COUNT_DIFFERS, subjects=tuple(wrong[:MOST_NAMED]), done=Remedy.COUNTED_AGAIN
        )
        await passes.note_findings(
            tx, commands.NoteFindings(pass_id=pass_id, findings=(finding,)), now=self._record.now()
        )

    async def live_page(self, page: commands.LivePage) -> commands.LiveIds:
        """Return the ids of one page of live submitted referrals."""
        async with self._record.database.read() as tx:
            ids = tuple(ReferralId(each) for each in await live_page(tx, page.after, page.limit))
        return commands.LiveIds(ids=ids, last=ids[-1] if len(ids) == page.limit else None)

    async def snapshots(self, asked: commands.ByIds) -> commands.Snapshots:
        """Return the newest snapshots of those that are at rest, and which ids nobody knows."""
        since = self._record.now() - timedelta(seconds=asked.settled_seconds)
        async with self._record.database.read() as tx:
            ids = list(asked.ids)
            restless = set((await tx.exec_driver_sql(_RESTLESS, {"ids": ids, "since": since})).scalars())
            rows = (await tx.execute(select_referral().where(col(ReferralRow.id).in_(ids)))).all()
        known = {row.id for row in rows}
        return commands.Snapshots(
            snapshots=tuple(from_row(row).snapshot() for row in rows if row.id not in restless),
            unknown=tuple(each for each in asked.ids if each not in known),
        )

    async def check_record(self, command: commands.CheckRecord) -> commands.Checked:
        async with self._record.database.view() as tx:
            return await check_record(tx, command, now=self._record.now())

    async def check_requests(self, command: commands.CheckRecord) -> commands.Checked:
        async with self._record.database.view() as tx:
            return await check_requests(tx, command, now=self._record.now())

    async def note_findings(self, command: commands.NoteFindings) -> commands.Nothing:
        async with self._record.database.begin() as tx:
            await passes.note_findings(tx, command, now=self._record.now())
        for finding in command.findings:
            log.warning("books.found", kind=finding.kind, done=finding.done, subjects=list(finding.subjects))
        return commands.Nothing()

    async def end_pass(self, command: commands.EndPass) -> commands.PassEnded:
        async with self._record.database.begin() as tx:
            ended = await passes.end_pass(tx, command, now=self._record.now())
        log.info("books.passed", pages=ended.pages, found=ended.found, healed=ended.healed)
        return ended

    async def close_days(self, command: commands.CloseDays) -> commands.DaysClosed:
        """Close the days that are over; asked twice, the second has nothing to do."""
        async with self._record.database.begin() as tx:
            closed = await close_days(tx, self._key, now=self._record.now(), limit=command.limit)
            await step_times.keep_days(tx, now=self._record.now())
            await directions.keep_sent(tx, now=self._record.now())
        return commands.DaysClosed(closed=closed)
