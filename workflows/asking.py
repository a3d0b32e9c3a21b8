"""What the books and the repairs ask of the record, whichever kind of case it is about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from services.contracts import book_commands as commands
    from services.contracts.cases import CaseKind, CaseSnapshot
    from services.contracts.commands import CommandRef
    from services.contracts.speaking.commands import SPEAKER_CHECK_RECORD, SPEAKER_LIVE_PAGE, SPEAKER_SNAPSHOTS

from workflows.call import call


@dataclass(frozen=True, slots=True)
class Asked:
    """The commands of one kind. Those of two kinds differ by the type of the id, and by the table that is read."""

    live_page: CommandRef[Any, Any]
    snapshots: CommandRef[Any, Any]
    check_record: CommandRef[commands.CheckRecord, commands.Checked]


_OF: Final[Mapping[CaseKind, Asked]] = MappingProxyType(
    {
        CaseKind.REFERRAL: Asked(commands.LIVE_PAGE, commands.SNAPSHOTS, commands.CHECK_RECORD),
        CaseKind.SPEAKER: Asked(SPEAKER_LIVE_PAGE, SPEAKER_SNAPSHOTS, SPEAKER_CHECK_RECORD),
    }
)


@dataclass(frozen=True, slots=True)
class LivePage:
    """Ids of live cases, in their order. *last* is where the next page begins; None after the last one."""

    ids: tuple[UUID, ...]
    last: UUID | None


@dataclass(frozen=True, slots=True)
class Found:
    """*unknown*: the record has no such case."""

    snapshots: tuple[CaseSnapshot, ...]
    unknown: tuple[UUID, ...]


async def live_page(kind: CaseKind, after: UUID | None, limit: int) -> LivePage:
    ref = _OF[kind].live_page
    page = await call(ref, ref.takes(after=after, limit=limit))
    return LivePage(page.ids, page.last)


async def newest(kind: CaseKind, ids: Sequence[UUID], *, settled_seconds: float = 0.0) -> Found:
    """Return the newest snapshots of those to which nothing happened in the last *settled_seconds*."""
    ref = _OF[kind].snapshots
    found = await call(ref, ref.takes(ids=tuple(ids), settled_seconds=settled_seconds))
    return Found(found.snapshots, found.unknown)


async def check_record(kind: CaseKind, asked: commands.CheckRecord) -> commands.Checked:
    return await call(_OF[kind].check_record, asked)
