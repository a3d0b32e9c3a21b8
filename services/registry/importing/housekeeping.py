"""What is done by itself with lists: families are assessed anew each day, and files do not stay for ever."""

import asyncio
import shutil
from datetime import datetime, time, timedelta
from pathlib import Path
from uuid import UUID

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from services.contracts.wib import WIB
from services.kit.clock import Now
from services.kit.database import Database
from services.kit.health import Heartbeat
from services.registry.importing.batch import BatchState
from services.registry.importing.programs import Programs

log = structlog.get_logger()

PASS_SECONDS = 600.0
QUIET_FROM, QUIET_UNTIL = time(1), time(5)
"""When nobody works (WIB): laying the lists on each other takes both processors."""
_OUTDATED = text("SELECT EXISTS (SELECT FROM family_risk WHERE assessed_on < :today)")
_FORGET = text("DELETE FROM import_batch WHERE state = ANY(:states) AND sent_at < :before RETURNING id")
_WANTED = text(
    "SELECT id FROM import_batch WHERE id = ANY(:ids) AND NOT (state = 'applied' AND applied_at < :before)"
)  # fmt: skip
_AT_REST = (BatchState.CHECKED, BatchState.STOPPED, BatchState.REFUSED)


class Housekeeping:
    """Every ten minutes. *daily*: whether lists are laid on each other each night; *keep*: how long files stay."""

    def __init__(
        self, database: Database, folder: Path, programs: Programs, now: Now, *, daily: bool, keep: timedelta
    ) -> None:
        self._database, self._folder, self._programs, self._now = database, folder, programs, now
        self._daily, self._keep = daily, keep
        self.heartbeat = Heartbeat("housekeeping", max_age_seconds=3 * PASS_SECONDS)

    async def run(self) -> None:
        while True:
            self.heartbeat.beat()
            try:
                await self.once()
            except (SQLAlchemyError, OSError) as error:
                log.warning("housekeeping.interrupted", error=type(error).__name__)
            await asyncio.sleep(PASS_SECONDS)

    async def once(self) -> None:
        await self._purge(self._now() - self._keep)
        if self._daily and QUIET_FROM <= self._now().astimezone(WIB).time() < QUIET_UNTIL:
            await self.renew()

    async def renew(self) -> None:
        """Lay the lists on each other where a family was last assessed before today: a child is a day older."""
        async with self._database.read() as tx:
            outdated = (await tx.execute(_OUTDATED, {"today": self._now().astimezone(WIB).date()})).scalar()
        if outdated:
            await self._programs.match()

    async def _purge(self, before: datetime) -> None:
        """Remove files that nobody applied, and rejected rows that nobody repaired: they are in the clear."""
        async with self._database.begin() as tx:
            states = [state.value for state in _AT_REST]
            forgotten = (await tx.execute(_FORGET, {"states": states, "before": before})).scalars().all()
            for batch in forgotten:
                await tx.execute(text(f'DROP TABLE IF EXISTS "import_{batch.hex}"'))
            old = await asyncio.to_thread(self._unchanged_since, before)
            wanted = set((await tx.execute(_WANTED, {"ids": list(old), "before": before})).scalars())
        for batch in old.keys() - wanted:
            await asyncio.to_thread(shutil.rmtree, old[batch], ignore_errors=True)
            log.info("import.purged", batch=str(batch))

    def _unchanged_since(self, moment: datetime) -> dict[UUID, Path]:
        """Return the folders of batches, but for those in which a file is still being written."""
        if not self._folder.exists():
            return {}
        return {
            UUID(each.name): each for each in self._folder.iterdir() if each.stat().st_mtime < moment.timestamp()
        }  # fmt: skip
