"""Messages kept as files: one ``.eml`` each, named by the moment it came in, so that names sort by age."""

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

NAME = re.compile(r"\d{8}T\d{12}-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Mail:
    """A message as a reader sees it; all texts are what the sender wrote and nobody may trust them."""

    name: str
    sender: str
    recipient: str
    subject: str
    date: str
    text: str


class MailStore:
    """Reads and writes the messages in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, raw: bytes) -> str:
        """Write a message and return its name."""
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
        part = self._folder / f"{name}.part"
        part.write_bytes(raw)
        part.rename(self._folder / f"{name}.eml")
        return name

    def newest_first(self, limit: int = 200) -> Iterator[Mail]:
        """Yield the last *limit* messages."""
        names = sorted((file.stem for file in self._folder.glob("*.eml") if NAME.fullmatch(file.stem)), reverse=True)
        for name in names[:limit]:
            mail = self.get(name)
            if mail is not None:
                yield mail

    def get(self, name: str) -> Mail | None:
        """Return one message, None if there is no such name."""
        if not NAME.fullmatch(name):  # it comes from an address: never a path
            return None
        try:
            raw = (self._folder / f"{name}.eml").read_bytes()
        except FileNotFoundError:
            return None
        return _read(name, raw)


def _read(name: str, raw: bytes) -> Mail:
    message = message_from_bytes(raw, policy=policy.default)
    sender, recipient, subject, date = (str(message.get(key, "")) for key in ("From", "To", "Subject", "Date"))
    return Mail(name, sender, recipient, subject, date, _text(message))


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain", "html"))
    try:
        return str(body.get_content()) if body is not None else ""
    except (LookupError, KeyError):  # an unknown charset or kind of content
        return "(cannot be shown; the .eml file has it)"
