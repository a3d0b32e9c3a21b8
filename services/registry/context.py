"""What every use case of the registry needs."""

from dataclasses import dataclass

from services.kit.auth import Verifier
from services.kit.clock import Now
from services.kit.crypto import Keyring
from services.kit.database import Database
from services.registry.passwords import Passwords
from services.registry.tokens import Signer


@dataclass(frozen=True, slots=True)
class Registry:
    database: Database
    keyring: Keyring
    signer: Signer
    verifier: Verifier
    passwords: Passwords
    now: Now
    sign_in_failures: int
