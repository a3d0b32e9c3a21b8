"""The tokens that say who somebody is: ES256, good for ten minutes, checked everywhere with the public keys (JWKS)."""

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt.algorithms import ECAlgorithm

from services.kit.auth import ALGORITHM, Caller


@dataclass(frozen=True, slots=True)
class Signer:
    """The private key, its name (RFC 7638 thumbprint), and the public keys as everybody may have them."""

    key: EllipticCurvePrivateKey
    kid: str
    jwks: dict[str, Any]

    @classmethod
    def load(cls, signing_key: Path, jwks: Path) -> Self:
        """Read both files. Raises ValueError where the tokens would be refused: no P-256 key, or not in *jwks*."""
        key = load_pem_private_key(signing_key.read_bytes(), password=None)
        if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
            raise ValueError(f"{signing_key} is no P-256 key")
        kid, public = thumbprint(key), json.loads(jwks.read_text())
        if kid not in {each["kid"] for each in public["keys"]}:
            raise ValueError(f"{jwks} lacks the public half of {signing_key}")
        return cls(key, kid, public)

    def sign(self, caller: Caller, *, now: datetime) -> str:
        return jwt.encode(caller.claims(now=now), self.key, algorithm=ALGORITHM, headers={"kid": self.kid})


def thumbprint(key: EllipticCurvePrivateKey) -> str:
    """Return the RFC 7638 thumbprint (SHA-256) of the key's public half."""
    jwk: Any = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    needed = {name: jwk[name] for name in ("crv", "kty", "x", "y")}
    text = json.dumps(needed, sort_keys=True, separators=(",", ":"))
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
