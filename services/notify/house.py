"""What every use case of the messages needs."""

from dataclasses import dataclass

from services.kit.clock import Now
from services.kit.crypto import Keyring
from services.kit.database import Database
from services.notify.hours import Hours
from services.notify.outlets import Outlets


@dataclass(frozen=True, slots=True)
class House:
    """*mail*: whether there is a mail server to write for."""

    database: Database
    keyring: Keyring
    now: Now
    hours: Hours
    outlets: Outlets
    mail: bool
