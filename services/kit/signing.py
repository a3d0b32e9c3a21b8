"""Keys that sign: P-256 in a PEM file, the public halves in a JWKS file that everybody may have."""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt.algorithms import ECAlgorithm

ALGORITHM = "ES256"
_ES256 = ECAlgorithm(ECAlgorithm.SHA256)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The private key, its name (RFC 7638 thumbprint), and the public keys as everybody may have them."""

    key: EllipticCurvePrivateKey
    kid: str
    jwks: dict[str, Any]

    @classmethod
    def load(cls, signing_key: Path, jwks: Path) -> Self:
        """Read both files. Raises ValueError where nobody could check: no P-256 key, or not in *jwks*."""
        key = load_pem_private_key(signing_key.read_bytes(), password=None)
        if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
            raise ValueError(f"{signing_key} is no P-256 key")
        kid, public = thumbprint(key), json.loads(jwks.read_text())
        if kid not in {each["kid"] for each in public["keys"]}:
            raise ValueError(f"{jwks} lacks the public half of {signing_key}")
        return cls(key, kid, public)

    def signature(self, message: str) -> str:
        """Return the ES256 signature of *message*, base64url."""
        return base64.urlsafe_b64encode(_ES256.sign(message.encode(), self.key)).rstrip(b"=").decode()


def thumbprint(key: EllipticCurvePrivateKey) -> str:
    """Return the RFC 7638 thumbprint (SHA-256) of the key's public half."""
    jwk: Any = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    needed = {name: jwk[name] for name in ("crv", "kty", "x", "y")}
    text = json.dumps(needed, sort_keys=True, separators=(",", ":"))
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


class PublicKeys:
    """Checks signatures by the keys of a JWKS, and by nothing else."""

    def __init__(self, jwks: Mapping[str, Any]) -> None:
        """Raises ValueError where *jwks* is none."""
        try:
            self._keys = {key["kid"]: jwt.PyJWK(key, algorithm=ALGORITHM).key for key in jwks["keys"]}
        except (jwt.PyJWTError, KeyError, TypeError) as error:
            raise ValueError("not a set of public keys (JWKS)") from error

    def signed(self, message: str, signature: str, *, kid: str) -> bool:
        """True where the key *kid* is known and made *signature* over *message*."""
        key = self._keys.get(kid)
        try:
            raw = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
        except (ValueError, binascii.Error):
            return False
        return key is not None and _ES256.verify(message.encode(), key, raw)
