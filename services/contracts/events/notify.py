"""Facts of the messages."""

from typing import ClassVar

from services.contracts.events.envelope import Event
from services.contracts.ids import ReferralId


class NotifyStopped(Event):
    """After a withdrawal of consent: no further message about this referral leaves the house."""

    stream: ClassVar[str] = "notify"

    referral: ReferralId
    version: int

    @property
    def type(self) -> str:
        return "notify.stopped.v1"

    @property
    def subject(self) -> str:
        return str(self.referral)

    @property
    def subject_version(self) -> int:
        return self.version


NOTIFY_TYPES: dict[str, type[Event]] = {"notify.stopped.v1": NotifyStopped}
