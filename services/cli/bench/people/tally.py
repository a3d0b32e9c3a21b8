"""What the simulated people met with: how long each request took, what went wrong, who was overtaken."""

from collections import Counter, defaultdict
from typing import Any

SIGN_IN = "sign_in"


class Tally:
    """Times count while *counting*, signing in always; errors until the end, so that none hides before the measure."""

    def __init__(self) -> None:
        self.counting = False
        self.ended = False
        self.took_ms: dict[str, list[float]] = defaultdict(list)
        self.errors: list[str] = []
        self.refusals: Counter[str] = Counter()

    def asked(self, name: str, response_time: float, exception: BaseException | None, **_: Any) -> None:
        """Note one request; the arguments are those of Locust's event."""
        if self.ended:
            return
        if exception is not None:
            self.errors.append(f"{name}: {exception}")
        elif self.counting or name == SIGN_IN:
            self.took_ms[name].append(response_time)

    def broke(self, exception: BaseException, **_: Any) -> None:
        """Note that a person's own steps could not go on."""
        if not self.ended:
            self.errors.append(f"{type(exception).__name__}: {exception}")

    def refused(self, code: str) -> None:
        """Note that somebody else was faster."""
        if self.counting:
            self.refusals[code] += 1
