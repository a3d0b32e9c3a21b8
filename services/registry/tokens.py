"""The tokens that say who somebody is: ES256, good for ten minutes, checked everywhere with the public keys (JWKS)."""

from dataclasses import dataclass
from datetime import datetime

import jwt

from services.kit.auth import ALGORITHM, Caller
from services.kit.signing import SigningKey


@dataclass(frozen=True, slots=True)
class Signer(SigningKey):
    """The key of the tokens."""

    def sign(self, caller: Caller, *, now: datetime) -> str:
        return jwt.encode(caller.claims(now=now), self.key, algorithm=ALGORITHM, headers={"kid": self.kid})
