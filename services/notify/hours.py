"""When a message may leave the house: not at night, and ordinary reminders once in the morning."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from services.contracts.wib import WIB


@dataclass(frozen=True, slots=True)
class Hours:
    """Quiet from *quiet_from* to *quiet_until*, every night of the week; all times of day are WIB.

    Days without work are not quiet: calendar-time clocks run on them, and whoever looks at the mail may act in time.
    """

    quiet_from: time = time(20)
    quiet_until: time = time(6)
    digest_at: time = time(7, 30)

    def quiet(self, at: datetime) -> bool:
        """Return whether *at* lies in the quiet hours. Their first minute is quiet, their last one is not."""
        clock = at.astimezone(WIB).time()
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= clock < self.quiet_until
        return clock >= self.quiet_from or clock < self.quiet_until

    def release(self, at: datetime, *, urgent: bool) -> datetime:
        """Return when a message written *at* may leave: at once, or when the night is over."""
        return at if urgent or not self.quiet(at) else self._next(self.quiet_until, at)

    def next_digest(self, at: datetime) -> datetime:
        """Return when the next morning mail goes out, strictly after *at*."""
        return self._next(self.digest_at, at)

    @staticmethod
    def _next(clock: time, after: datetime) -> datetime:
        local = after.astimezone(WIB)
        today = datetime.combine(local.date(), clock, WIB)
        return today if today > local else today + timedelta(days=1)
