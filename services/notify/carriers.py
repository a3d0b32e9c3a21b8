"""What carries messages out of the house, and how a try can end."""

import re
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Protocol

from services.notify.domain import Channel, Why
from services.notify.letters import Letter

_ADDRESS = re.compile(r"[^\s<>@:;,]+@[^\s<>@:;,]+")
_LONGEST_RECEIPT = 300


class Ended(StrEnum):
    """How a try ended: `refused` is for good, `later` may go better, `unsure` cannot be known."""

    SENT = "sent"
    LATER = "later"
    REFUSED = "refused"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Try:
    ended: Ended
    receipt: str
    why: Why | None = None


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message with words. *to*: the address, or the outlet's key; *name*: whom a mail greets on its envelope."""

    key: str
    to: str
    name: str
    letter: Letter


class ChannelAway(Exception):
    """The server of this channel cannot be reached, or wants nothing from us: no fault of any message."""


Carry = Callable[[Parcel], Awaitable[Try]]


class Carrier(Protocol):
    """One channel. `most`: how many messages it takes in one go; 1 where what is claimed may be neither in nor out."""

    channel: ClassVar[Channel]
    most: int

    def open(self) -> AbstractAsyncContextManager[Carry]:
        """Open the channel for some messages. Raises ChannelAway, then or while carrying."""


def receipt_of(code: int | None, said: str) -> str:
    """Return what a server said, in one line and without anybody's address: receipts are shown and logged."""
    line = " ".join(f"{code or ''} {said}".split())
    return _ADDRESS.sub("(address)", line)[:_LONGEST_RECEIPT]
