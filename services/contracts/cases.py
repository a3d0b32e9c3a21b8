"""What is followed to its end, wherever it does not matter which kind it is: a referral, or a request for a speaker."""

from enum import StrEnum
from typing import TypeVar

from services.contracts.snapshot import Snapshot
from services.contracts.speaking.snapshot import SpeakerSnapshot


class CaseKind(StrEnum):
    """The first word of a workflow's id, as in `referral/0198...`."""

    REFERRAL = "referral"
    SPEAKER = "speaker"


CaseSnapshot = Snapshot | SpeakerSnapshot
S = TypeVar("S", Snapshot, SpeakerSnapshot)


def kind_of(snapshot: CaseSnapshot) -> CaseKind:
    return CaseKind.REFERRAL if isinstance(snapshot, Snapshot) else CaseKind.SPEAKER


def named(kind: CaseKind, subject: object) -> str:
    """Return what the books call *subject*: a referral's id alone, as ever; of another kind with the kind before it."""
    return str(subject) if kind is CaseKind.REFERRAL else f"{kind}/{subject}"


def is_awaited(snapshot: CaseSnapshot) -> bool:
    """True where somebody is still to act: live, and asked for (a draft that nobody submitted has no clock)."""
    return snapshot.live and (snapshot.next_mark is not None or snapshot.to_be_routed)
