"""What a caller gets about files with lists."""

from datetime import datetime
from typing import Any
from uuid import UUID

from services.kit.http import Answered
from services.registry.importing.batch import BatchState


class KindView(Answered):
    """One kind of fault or oddity. *rows*: the numbers of its first rows, the header being 1."""

    field: str
    code: str
    rejects: bool
    count: int
    rows: list[int]
    words: dict[str, str]


class AppliedView(Answered):
    """*kept*: who was known of the same villages, or of the sender's offices, and is not named in this file."""

    new: int
    newer: int
    unchanged: int
    kept: int


class FiguresView(Answered):
    """Families of one area. *factors* overlap and are never added up; *ranks*: those at risk by welfare rank."""

    families: int
    looked_at: int
    at_risk: int
    not_at_risk: int
    groups: dict[str, int]
    factors: dict[str, int]
    ranks: dict[str, int]


class RiskView(Answered):
    """Stunting risk in the file, to be held beside the published figures. *broken*: sums that do not hold."""

    areas: dict[str, FiguresView]
    broken: list[str]


class ReportView(Answered):
    """*new*, *newer*, *same*, *older*: what the rows are beside what is known. *columns*: the header of each field."""

    rows: int
    rejected: int
    new: int
    newer: int
    same: int
    older: int
    kinds: list[KindView]
    encoding: str
    columns: dict[str, str]
    by_content: list[str]
    ignored: list[str]
    risk: RiskView | None = None
    applied: AppliedView | None = None


class RefusalView(Answered):
    """Why the file cannot be taken at all."""

    code: str
    title: str
    detail: str


class BatchView(Answered):
    """A file that was sent. *done* of *rows* since *step_began_at*, in the step that *state* names."""

    id: UUID
    list: str
    state: BatchState
    sent_at: datetime
    step_began_at: datetime | None
    rows: int | None
    done: int
    report: ReportView | None
    refusal: RefusalView | None
    applied_at: datetime | None


class BatchesView(Answered):
    imports: "list[BatchView]"


def view(row: dict[str, Any], said: dict[str, Any] | None) -> dict[str, Any]:
    """Return the row of a batch as BatchView has it; *said* is its refusal in words."""
    return {**{name: row[name] for name in BatchView.model_fields}, "refusal": said}
