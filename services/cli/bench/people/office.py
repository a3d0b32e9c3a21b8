"""What all simulated people share: where the services are, who works there, and the families recorded so far."""

import random
from dataclasses import dataclass, field
from datetime import date
from itertools import count, cycle
from typing import Any
from uuid import uuid4

from services.cli.bench.loads.crew import SERVICES, a_day_ago
from services.cli.bench.people.tally import Tally
from services.cli.stories.people import made_up_family
from services.contracts.codes import Agency, Service

# What a kecamatan of each agency gives without a limit.
GIVEN = {Agency.BKKBN: SERVICES, Agency.DINSOS: (Service.PKH, Service.SEMBAKO, Service.PBI_JK)}
SERIALS = 9999

# In the order in which a referral waits for them.
STEPS: dict[str, dict[str, str]] = {
    "submit": {},
    "claim": {},
    "accept": {},
    "contact": {"on": a_day_ago()},
    "report": {"outcome": "served_full", "on": a_day_ago(), "provider": "TPK"},
    "confirm": {},
}


@dataclass
class Office:
    """*job* is what the bench wrote down: addresses, accounts, the village."""

    job: dict[str, Any]
    tally: Tally
    numbers: list[str] = field(default_factory=list)
    _families: "count[int]" = field(default_factory=count)

    def __post_init__(self) -> None:
        self._accounts = cycle(self.job["accounts"])

    def account(self) -> dict[str, str]:
        """Return who comes to work next; with more people than accounts, several sign in with the same one."""
        found: dict[str, str] = next(self._accounts)
        return found

    def family(self) -> dict[str, Any]:
        """Return a family that does not exist, with numbers that no other one on this stack has.

        Each crowd has a day of birth of its own, so its members' numbers differ from those of the crowd before.
        """
        month, serial = divmod(next(self._families), SERIALS)
        born = date(1998, 1 + month % 12, 1 + self.job["crowd"])
        body = made_up_family(str(uuid4()), self.job["village"])
        number = f"350199{born.day + 40:02d}{born:%m%y}{serial + 1:04d}"
        body["no_kk"] = f"350199{born.day:02d}{born:%m%y}{serial + 1:04d}"
        body["members"][0] |= {"nik": number, "birth_date": born.isoformat()}
        return body

    @staticmethod
    def service_asked_by(agency: str) -> str:
        return random.choice(GIVEN[Agency(agency).other]).value


def next_step(allowed: list[str]) -> str | None:
    """Return what a referral waits for, None where nobody of this office can do it."""
    return next((step for step in STEPS if step in allowed), None)
