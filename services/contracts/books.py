"""The books: what a pass over them can find and do, and the day lines that everybody can check alone.

A line tells of one day (WIB), one sending agency and one kabupaten or kota: how many referrals (or requests for a
speaker) were live in the morning, what happened to them, how many were live in the evening. All lines make one chain,
so that none can be changed, left out or moved without a trace.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from pydantic import Field

from services.contracts.codes import Agency
from services.contracts.ids import RegionCode
from services.contracts.snapshot import Contract
from services.contracts.speaking.codes import NotHeld


class FindingKind(StrEnum):
    """What is not as it should be.

    Its subject is the id of a referral or an event; of `day_differs` an area's, of `count_differs`
    an area's, a unit's and a state; of a history its workflow and run. `speaker/` stands before what is a request's.
    """

    WORKFLOW_MISSING = "workflow_missing"
    WORKFLOW_LEFT_OVER = "workflow_left_over"
    WORKFLOW_UNKNOWN = "workflow_unknown"
    MARK_OVERDUE = "mark_overdue"
    NOTHING_ARMED = "nothing_armed"
    EVENT_NOT_TAKEN = "event_not_taken"
    EVENT_SET_ASIDE = "event_set_aside"
    EVENT_NOT_TOLD = "event_not_told"
    TWO_FOR_ONE_NEED = "two_for_one_need"
    IN_NO_QUEUE = "in_no_queue"
    VERSION_GAP = "version_gap"
    STORY_DIFFERS = "story_differs"
    SUBMISSION_DIFFERS = "submission_differs"
    NO_REASON = "no_reason"
    NO_OUTCOME = "no_outcome"
    DAY_DIFFERS = "day_differs"
    COUNT_DIFFERS = "count_differs"
    BOOKING_DIFFERS = "booking_differs"
    HISTORY_IN_DANGER = "history_in_danger"
    HISTORY_LOST = "history_lost"


class Remedy(StrEnum):
    """What was done about it. `left`: nothing can be done without a person."""

    STARTED = "started"
    ENDED = "ended"
    RESYNCED = "resynced"
    TOLD_AGAIN = "told_again"
    COUNTED_AGAIN = "counted_again"
    LEFT = "left"


class LineFault(StrEnum):
    """Why a line of the books is not to be trusted."""

    OUT_OF_PLACE = "out_of_place"
    CHAIN_BROKEN = "chain_broken"
    CHANGED = "changed"
    NOT_SIGNED = "not_signed"
    OUT_OF_ORDER = "out_of_order"
    AREA_MISSING = "area_missing"
    DOES_NOT_ADD_UP = "does_not_add_up"
    NOT_CARRIED_OVER = "not_carried_over"


class Book(StrEnum):
    """What is counted: referrals, or requests for a speaker."""

    REFERRALS = "referrals"
    SPEAKERS = "speakers"


Account = tuple[Agency, RegionCode]
"""What has a line on each day: the sending (asking) agency in one kabupaten or kota."""
AccountOfBook = tuple[Book, Agency, RegionCode]

NO_LINE_BEFORE = "0" * 64


class DayFigures(Contract):
    """live_before + submitted + reopened = closed + cancelled + void + live_after.

    The two movements of what was not live any more stand beside the sum: a closed or a cancelled referral made void.
    In the book of the speakers `submitted` counts what was requested, `closed` what was held, `cancelled` what was not
    held, with *reasons*: requested = open + held + not held.
    """

    day: date
    agency: Agency
    area: RegionCode
    live_before: int
    submitted: int = 0
    reopened: int = 0
    closed: int = 0
    cancelled: int = 0
    void: int = 0
    live_after: int
    closed_voided: int = 0
    cancelled_voided: int = 0
    book: Book = Book.REFERRALS
    reasons: Mapping[NotHeld, int] = Field(default_factory=dict)

    @property
    def account(self) -> Account:
        return self.agency, self.area

    @property
    def account_of_book(self) -> AccountOfBook:
        return self.book, self.agency, self.area

    @property
    def adds_up(self) -> bool:
        came = self.live_before + self.submitted + self.reopened
        went = self.closed + self.cancelled + self.void + self.live_after
        explained = sum(self.reasons.values()) == (self.cancelled if self.book is Book.SPEAKERS else 0)
        return came == went and self.live_after >= 0 and explained


class BookLine(DayFigures):
    """The figures as they stand in the books. *key* names the public key that checks *signature* over *hash*.

    Referrals had a book before there was another one: their lines are hashed without its name, as they always were.
    """

    position: int = Field(ge=1)
    previous: str
    key: str
    hash: str = ""
    signature: str = ""

    def hashed(self) -> str:
        """Return the SHA-256 (hex) of all that the line says, the hash of the line before it among it."""
        later = {"book", "reasons"} if self.book is Book.REFERRALS else set[str]()
        says = self.model_dump(mode="json", exclude={"hash", "signature", *later})
        return hashlib.sha256(json.dumps(says, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


Signed = Callable[[BookLine], bool]


@dataclass(frozen=True, slots=True)
class BrokenLine:
    line: BookLine
    fault: LineFault


@dataclass
class Reader:
    """Reads lines in the order of the books. Where it begins in the middle, the first has nobody to disagree with.

    *signed* says whether a line's signature is that of its hash. Nothing else is needed: no database, nobody's word.
    """

    signed: Signed
    first: BookLine | None = None
    newest: BookLine | None = None
    carried: dict[AccountOfBook, int] = field(default_factory=dict)
    today: set[AccountOfBook] = field(default_factory=set)
    count: int = 0

    def first_fault(self, lines: Iterable[BookLine]) -> BrokenLine | None:
        """Go on with *lines*; return the first one that cannot be trusted, or None."""
        for line in lines:
            fault = self._fault(line)
            if fault is not None:
                return BrokenLine(line, fault)
            self._turn(line)
        return None

    def _turn(self, line: BookLine) -> None:
        if self.newest is None or line.day != self.newest.day:
            self.today = set()
        self.today.add(line.account_of_book)
        self.carried[line.account_of_book] = line.live_after
        self.first = self.first or line
        self.newest, self.count = line, self.count + 1

    def _fault(self, line: BookLine) -> LineFault | None:
        return self._chain_fault(line) or self._order_fault(line) or self._sum_fault(line)

    def _chain_fault(self, line: BookLine) -> LineFault | None:
        before = self.newest
        begins = before is None and line.position > 1
        if before is not None and line.position != before.position + 1:
            return LineFault.OUT_OF_PLACE
        if not begins and line.previous != (before.hash if before else NO_LINE_BEFORE):
            return LineFault.CHAIN_BROKEN
        if line.hash != line.hashed():
            return LineFault.CHANGED
        return None if self.signed(line) else LineFault.NOT_SIGNED

    def _order_fault(self, line: BookLine) -> LineFault | None:
        before = self.newest
        if before is None:
            return None
        if line.day == before.day:
            return None if line.account_of_book > before.account_of_book else LineFault.OUT_OF_ORDER
        if line.day != before.day + timedelta(days=1):
            return LineFault.OUT_OF_ORDER
        return None if self.carried.keys() <= self.today else LineFault.AREA_MISSING

    def _sum_fault(self, line: BookLine) -> LineFault | None:
        if not line.adds_up:
            return LineFault.DOES_NOT_ADD_UP
        known = self.carried.get(line.account_of_book)
        if known is None:
            return None if line.live_before == 0 or self._opened_in_the_middle(line) else LineFault.NOT_CARRIED_OVER
        return None if known == line.live_before else LineFault.NOT_CARRIED_OVER

    def _opened_in_the_middle(self, line: BookLine) -> bool:
        """True on the first two days of books that do not begin with the first line: the evening before is not here."""
        first = self.first or line
        return first.position > 1 and line.day <= first.day + timedelta(days=1)
