"""What the registry does when it hears of a referral. Repeats are dropped before; the version decides what is newer."""

from collections.abc import Mapping, Sequence

from services.contracts.events import Event, ReferralEvent
from services.contracts.snapshot import newest
from services.kit.clock import Now
from services.kit.database import Tx
from services.kit.inbox import Received, Together
from services.registry import grants


class Hears:
    """The handlers of the stream `referral`."""

    def __init__(self, now: Now) -> None:
        self._now = now

    def of_referral(self) -> Mapping[type[Event], Together]:
        return {ReferralEvent: Together(self._referrals)}

    async def _referrals(self, events: Sequence[Received[ReferralEvent]], tx: Tx) -> None:
        await grants.learn(tx, *newest(each.event.snapshot for each in events), now=self._now())
