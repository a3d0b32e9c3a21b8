"""What the registry does when it hears of a referral. Repeats are dropped before; the version decides what is newer."""

from collections.abc import Mapping

from services.contracts.events import Event, ReferralEvent
from services.kit.clock import Now
from services.kit.database import Tx
from services.kit.inbox import Handler, Received
from services.registry import grants


class Hears:
    """The handlers of the stream `referral`."""

    def __init__(self, now: Now) -> None:
        self._now = now

    def of_referral(self) -> Mapping[type[Event], Handler]:
        return {ReferralEvent: self._referral}

    async def _referral(self, received: Received[ReferralEvent], tx: Tx) -> None:
        await grants.learn(tx, received.event.snapshot, now=self._now())
