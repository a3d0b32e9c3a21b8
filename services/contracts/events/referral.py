"""Facts of the record. Each carries the newest snapshot, so that a lost or late one confuses nobody."""

from typing import ClassVar

from pydantic import field_validator

from services.contracts.codes import ClockName, Mark
from services.contracts.events.envelope import Event
from services.contracts.lifecycle import FACTS
from services.contracts.snapshot import Recipient, Snapshot


class ReferralEvent(Event):
    """`referral.<fact>.v1`. *told* names whom a reminder or an escalation is for; *clock* and *mark* say why.

    *by_command*: the referral's own workflow asked for it, and has the snapshot as the answer.
    """

    stream: ClassVar[str] = "referral"

    fact: str
    snapshot: Snapshot
    told: tuple[Recipient, ...] = ()
    clock: ClockName | None = None
    mark: Mark | None = None
    by_command: bool | None = None

    @field_validator("fact")
    @classmethod
    def _is_known(cls, fact: str) -> str:
        if fact not in FACTS:
            raise ValueError(f"unknown fact {fact!r}")
        return fact

    @property
    def type(self) -> str:
        return f"referral.{self.fact}.v1"

    @property
    def subject(self) -> str:
        return str(self.snapshot.referral_id)

    @property
    def subject_version(self) -> int:
        return self.snapshot.version


REFERRAL_TYPES: dict[str, type[Event]] = {f"referral.{fact}.v1": ReferralEvent for fact in FACTS}
