"""What the judge looks at, and what it says."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from services.cli.chaos.journal import Command

Verdict = Literal["lost", "duplicated", "violation"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it should be. *at*: when what it is about was begun, where that is known."""

    verdict: Verdict
    what: str
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """An event as the stream has it."""

    id: str
    referral: str
    version: int
    fact: str
    state: str
    unit_from: str
    unit_to: str | None
    region: str


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who may be told, and what the inbox shows: the event, the fact and the subject of each message."""

    staff_no: str
    unit: str
    role: str
    village: str | None = None
    messages: Sequence[Mapping[str, Any]] = ()

    @property
    def mail_address(self) -> str:
        return f"{self.staff_no.lower()}@{self.unit.partition('-')[0]}.example"


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is looked at. *timelines* and *referrals* by referral; *mails* are (to, subject, Message-ID)."""

    commands: Sequence[Command]
    referrals: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    timelines: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    families: Collection[str] = ()
    told: Sequence[Told] = ()
    readers: Sequence[Reader] = ()
    mails: Collection[tuple[str, str, str]] = ()
    queued: Collection[str] = ()
    running: Collection[str] = ()
    books: Mapping[str, Any] = field(default_factory=dict)
    complaints: Sequence[str] = ()
    """What is wrong by itself: a part that is not ready, an entry that is pending, a dead letter nobody planted."""
