"""How to reach an officer: sealed by the registry, kept as it came, and opened only where a message is sent."""

import base64
import binascii
from dataclasses import dataclass

from services.contracts.ids import OfficerId
from services.kit.crypto import CannotOpen, Keyring


@dataclass(frozen=True, slots=True)
class Contact:
    name: str
    email: str

    def __repr__(self) -> str:
        return "Contact(...)"  # never into a log or a traceback


def open_contact(keyring: Keyring, officer: OfficerId, sealed: str) -> Contact:
    """Return the contact that was sealed for *officer*. Raises CannotOpen."""
    try:
        fields = keyring.open(base64.b64decode(sealed, validate=True), belongs_to=f"contact/{officer}")
    except (binascii.Error, ValueError) as error:
        raise CannotOpen("not a sealed record") from error
    return Contact(str(fields.get("name") or ""), str(fields.get("email") or ""))
