"""Who is signed in at a browser: sealed into a cookie, so that the console keeps nothing."""

import base64
import binascii
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from services.contracts.codes import Role
from services.kit.crypto import CannotOpen, Keyring

_BELONGS_TO = "console/session"
_SOON = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in at one browser. *token* lives ten minutes; *refresh_token* gets the next one, once.

    *csrf* stands in every form: whoever sends one has seen a page of this session.
    """

    token: str
    refresh_token: str
    expires_at: datetime
    csrf: str
    officer: str
    staff_no: str
    name: str
    role: Role
    agency: str
    unit: str
    unit_title: str
    region: str
    village: str | None
    level: str = ""

    @classmethod
    def begun(cls, answer: Mapping[str, Any], csrf: str | None = None) -> Self:
        """Return the session of an answer of the registry to signing in, or to asking for the next token."""
        who = answer["officer"]
        kept = ("staff_no", "name", "agency", "unit", "unit_title", "region", "village", "level")
        return cls(
            token=answer["token"],
            refresh_token=answer["refresh_token"],
            expires_at=datetime.fromisoformat(answer["expires_at"]),
            csrf=csrf or secrets.token_urlsafe(16),
            officer=who["id"],
            role=Role(who["role"]),
            **{name: who[name] for name in kept},
        )

    def outdated(self, now: datetime) -> bool:
        """True where the token ends before a page would be done with it."""
        return now + _SOON >= self.expires_at


def sealed(session: Session, keyring: Keyring) -> str:
    """Return *session* as the value of a cookie."""
    fields = {**asdict(session), "expires_at": session.expires_at.isoformat()}
    return base64.urlsafe_b64encode(keyring.seal(fields, belongs_to=_BELONGS_TO)).decode()


def opened(value: str, keyring: Keyring) -> Session | None:
    """Return the session of a cookie, None where it is none of ours."""
    try:
        fields = keyring.open(base64.urlsafe_b64decode(value), belongs_to=_BELONGS_TO)
    except (CannotOpen, binascii.Error, ValueError):
        return None
    kept = {**fields, "expires_at": datetime.fromisoformat(fields["expires_at"]), "role": Role(fields["role"])}
    return Session(**kept)
