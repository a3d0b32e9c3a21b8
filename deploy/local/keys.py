"""The key files of a local stack, made at the first start: keyrings for data and cookies, keys for tokens and books."""

import base64
import hashlib
import json
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from deploy.local.home import Home
from deploy.local.secret_files import write_private

KEY_BYTES = 32


def make_keys(home: Home) -> None:
    """Make what is missing: two keyrings, and two keys (PKCS#8, P-256) with their public halves; all of mode 0600."""
    for keyring in (home.keyring, home.session_key):
        if not keyring.exists():
            write_private(keyring, json.dumps(_new_keyring(), indent=1))
    for key, public in ((home.signing_key, home.jwks), (home.books_key, home.books_jwks)):
        if not key.exists():
            write_private(key, _new_signing_key())
        if not public.exists():
            write_private(public, json.dumps({"keys": [_public_jwk(key)]}, indent=1))


def thumbprint(jwk: dict[str, str]) -> str:
    """Return the RFC 7638 thumbprint (SHA-256) of a public EC key."""
    needed = {name: jwk[name] for name in ("crv", "kty", "x", "y")}
    text = json.dumps(needed, sort_keys=True, separators=(",", ":"))
    return _base64url(hashlib.sha256(text.encode()).digest())


def _new_keyring() -> dict[str, object]:
    """Return one key pair: *seal* encrypts, *hash* makes the keyed hashes that are searched for."""
    return {"current": "k1", "keys": {"k1": {"seal": _random_base64(), "hash": _random_base64()}}}


def _new_signing_key() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _public_jwk(signing_key: Path) -> dict[str, str]:
    key = load_pem_private_key(signing_key.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError(f"{signing_key} is no P-256 key")
    numbers = key.public_key().public_numbers()
    point = {"x": _base64url(numbers.x.to_bytes(KEY_BYTES)), "y": _base64url(numbers.y.to_bytes(KEY_BYTES))}
    jwk = {"kty": "EC", "crv": "P-256", **point}
    return {**jwk, "kid": thumbprint(jwk), "use": "sig", "alg": "ES256"}


def _random_base64() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
