"""Facts of speaker requests. They travel on the record's stream, each with the newest snapshot."""

from typing import ClassVar

from pydantic import field_validator

from services.contracts.codes import Mark
from services.contracts.events.envelope import Event
from services.contracts.snapshot import Recipient
from services.contracts.speaking.codes import SpeakerClock
from services.contracts.speaking.lifecycle import SPEAKER_FACTS
from services.contracts.speaking.snapshot import SpeakerSnapshot


class SpeakerRequestEvent(Event):
    """`speaker_request.<fact>.v1`. *told* names whom a reminder or an escalation is for; *clock* and *mark* say why.

    *session*: which session the fact is about, where it is about one. *tells_speaker*: the speaker is told as well.
    *by_command*: the request's own workflow asked for it, and has the snapshot as the answer.
    """

    stream: ClassVar[str] = "referral"

    fact: str
    snapshot: SpeakerSnapshot
    told: tuple[Recipient, ...] = ()
    tells_speaker: bool = False
    clock: SpeakerClock | None = None
    mark: Mark | None = None
    session: int | None = None
    by_command: bool | None = None

    @field_validator("fact")
    @classmethod
    def _is_known(cls, fact: str) -> str:
        if fact not in SPEAKER_FACTS:
            raise ValueError(f"unknown fact {fact!r}")
        return fact

    @property
    def type(self) -> str:
        return f"speaker_request.{self.fact}.v1"

    @property
    def subject(self) -> str:
        return str(self.snapshot.request_id)

    @property
    def subject_version(self) -> int:
        return self.snapshot.version


SPEAKING_TYPES: dict[str, type[Event]] = {f"speaker_request.{fact}.v1": SpeakerRequestEvent for fact in SPEAKER_FACTS}
