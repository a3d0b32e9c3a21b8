"""The commands of speaker requests: what workflows and the books ask the record to do or to tell."""

from services.contracts.book_commands import A_WHILE, Checked, CheckRecord
from services.contracts.codes import Mark
from services.contracts.commands import MARKS_QUEUE, CommandRef, Result
from services.contracts.ids import SpeakerRequestId, UnitId
from services.contracts.snapshot import Code, Contract
from services.contracts.speaking.codes import SpeakerClock, SpeakerParkReason
from services.contracts.speaking.snapshot import SpeakerSnapshot


class SpeakerAnswer(Contract):
    """The record's answer, with the newest snapshot, which the caller adopts. `snapshot` is None for an unknown id."""

    result: Result
    snapshot: SpeakerSnapshot | None
    code: Code | None = None


class SpeakerOffer(Contract):
    """Ask *unit*; without a unit, leave the request to the asking unit because of *why* (`no_unit` where not said)."""

    request_id: SpeakerRequestId
    version: int
    unit: UnitId | None
    why: SpeakerParkReason | None = None


class SpeakerFireMark(Contract):
    """Do what is due at *mark* of *clock*, if *version* is still the newest."""

    request_id: SpeakerRequestId
    version: int
    clock: SpeakerClock
    mark: Mark


class SpeakerLivePage(Contract):
    after: SpeakerRequestId | None
    limit: int


class SpeakerLiveIds(Contract):
    """Ids of live requests, in their order. *last* is where the next page begins; None after the last one."""

    ids: tuple[SpeakerRequestId, ...]
    last: SpeakerRequestId | None


class SpeakersByIds(Contract):
    """Requests to which something happened in the last *settled_seconds* are not answered: it is still on its way."""

    ids: tuple[SpeakerRequestId, ...]
    settled_seconds: float = 0.0


class SpeakerSnapshots(Contract):
    snapshots: tuple[SpeakerSnapshot, ...]
    unknown: tuple[SpeakerRequestId, ...] = ()


_QUEUE = "referral-commands"
SPEAKER_OFFER = CommandRef("referral.speaker_offer", _QUEUE, SpeakerOffer, SpeakerAnswer)
SPEAKER_FIRE_MARK = CommandRef("referral.speaker_fire_mark", MARKS_QUEUE, SpeakerFireMark, SpeakerAnswer)
SPEAKER_LIVE_PAGE = CommandRef("referral.speaker_live_page", _QUEUE, SpeakerLivePage, SpeakerLiveIds)
SPEAKER_SNAPSHOTS = CommandRef("referral.speaker_snapshots", _QUEUE, SpeakersByIds, SpeakerSnapshots)
SPEAKER_CHECK_RECORD = CommandRef("referral.speaker_check_record", _QUEUE, CheckRecord, Checked, timeout=A_WHILE)
