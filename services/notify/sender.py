"""The loop that sends: claim and commit, send, commit what became of it. One for each channel.

A crash in between leaves `sending` behind: a mail then goes again with the same Message-ID, anything else is `unsure`.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError

from services.contracts.words import pick_language
from services.kit.crypto import CannotOpen
from services.kit.health import Heartbeat
from services.notify.calendar_files import calendar_of
from services.notify.carriers import Carrier, Carry, ChannelAway, Ended, Parcel, Try
from services.notify.contacts import Contact, open_contact
from services.notify.domain import DIGEST, Channel, Status, Why, message_id, retry_delay
from services.notify.house import House
from services.notify.letters import Letter, Reader, Told, as_mail, compose, compose_digest
from services.notify.note import Content
from services.notify.outbound import Outbound, Outgoing
from services.notify.settings import NotifySettings
from services.notify.telemetry import CHANNEL_UP, MESSAGES

log = structlog.get_logger()

_LOOK_FOR_HANGING_SECONDS = 60.0
_FIRST_AWAY_SECONDS = 0.5


class _CalledOff(Exception):
    """There is nothing to send any more, or nowhere to."""

    def __init__(self, status: Status, why: Why) -> None:
        super().__init__(why)
        self.status, self.why = status, why


class Sender:
    """Sends the messages of *carrier*'s channel for as long as the process lives."""

    def __init__(self, house: House, carrier: Carrier, settings: NotifySettings) -> None:
        self._house, self._carrier, self._settings = house, carrier, settings
        self._outbound = Outbound(house.database, carrier.channel, settings.instance)
        self._domain = settings.mail_from.rpartition("@")[2]
        self.heartbeat = Heartbeat(f"sender:{carrier.channel}", max_age_seconds=settings.smtp_timeout_seconds * 4 + 10)

    async def run(self) -> None:
        """Send until cancelled. While the channel or the database is away, pause longer each time and blame nobody."""
        delay = _FIRST_AWAY_SECONDS
        while True:
            try:
                await self._free_hanging()
                async for _ in self._rounds():
                    delay = _FIRST_AWAY_SECONDS
                    CHANNEL_UP.labels(self._carrier.channel).set(1)
            except (ChannelAway, SQLAlchemyError, OSError) as error:
                CHANNEL_UP.labels(self._carrier.channel).set(0)
                log.warning("sender.paused", channel=self._carrier.channel, error=str(error) or type(error).__name__)
                await self._rest(delay * random.uniform(0.5, 1.0))
                delay = min(delay * 2, self._settings.sender_away_cap_seconds)

    async def _rounds(self) -> AsyncIterator[None]:
        """Send what is due, batch by batch; yields after each batch that went through."""
        loop = asyncio.get_running_loop()
        looked = loop.time()
        while True:
            self.heartbeat.beat()
            now = self._house.now()
            quiet = self._house.hours.quiet(now)
            claimed = await self._outbound.claim(now, quiet=quiet, most=self._carrier.most)
            if claimed:
                await self._send_all(claimed)
                yield
                continue
            if loop.time() - looked > _LOOK_FOR_HANGING_SECONDS:
                looked = loop.time()
                await self._free_hanging()
            await asyncio.sleep(self._settings.sender_poll_seconds)

    async def _free_hanging(self) -> None:
        count = await self._outbound.hanging(self._settings.sender_lease_seconds)
        if count:
            log.warning("sender.found_unfinished", channel=self._carrier.channel, messages=count)

    async def _send_all(self, claimed: list[Outgoing]) -> None:
        left = [outgoing.id for outgoing in claimed]
        async with self._given_back(left), self._carrier.open() as carry:
            for outgoing in claimed:
                self.heartbeat.beat()
                await _to_its_end(self._send(outgoing, carry))
                left.pop(0)
                # Whoever floods a mail server is refused by it, and people who wait for an answer come first.
                await asyncio.sleep(self._settings.sender_pause_seconds)

    @asynccontextmanager
    async def _given_back(self, left: list[UUID]) -> AsyncIterator[None]:
        """When the channel goes away, or we do, let what is *left* of the batch wait again, uncounted."""
        try:
            yield
        except (ChannelAway, asyncio.CancelledError):
            await self._outbound.give_back(left)
            raise

    async def _send(self, outgoing: Outgoing, carry: Carry) -> None:
        try:
            parcel = await self._pack(outgoing)
        except _CalledOff as off:
            await self._outbound.ended(outgoing.id, off.status, off.why)
            log.info("message.not_sent", message=str(outgoing.id), status=off.status, why=off.why)
            return
        await self._note(outgoing, await carry(parcel))

    async def _note(self, outgoing: Outgoing, tried: Try) -> None:
        channel = self._carrier.channel
        MESSAGES.labels(channel, tried.ended).inc()
        log.info("message.tried", message=str(outgoing.id), channel=channel, result=tried.ended, receipt=tried.receipt)
        match tried.ended:
            case Ended.SENT:
                await self._outbound.sent(outgoing.id, tried.receipt, self._house.now())
            case Ended.LATER:
                await self._put_off(outgoing, tried.receipt)
            case Ended.REFUSED:
                await self._outbound.ended(outgoing.id, Status.FAILED, tried.why or Why.REFUSED, tried.receipt)
            case Ended.UNSURE:
                await self._outbound.ended(outgoing.id, Status.UNSURE, Why.INTERRUPTED, tried.receipt)

    async def _put_off(self, outgoing: Outgoing, receipt: str) -> None:
        tries, settings = outgoing.tries + 1, self._settings
        if tries >= settings.sender_tries:
            await self._outbound.ended(outgoing.id, Status.FAILED, Why.TRIES_USED, receipt)
            return
        base, cap = settings.sender_retry_base_seconds, settings.sender_retry_cap_seconds
        delay = retry_delay(tries, base_seconds=base, cap_seconds=cap, jitter=random.random())
        next_at = self._house.hours.release(self._house.now() + delay, urgent=outgoing.urgent)
        await self._outbound.later(outgoing.id, tries, next_at, receipt)

    async def _pack(self, outgoing: Outgoing) -> Parcel:
        """Put a message in words and on its way. Raises _CalledOff."""
        language = pick_language(outgoing.language)
        letter = await self._letter(outgoing)
        key = message_id(outgoing.event_id, outgoing.recipient, self._carrier.channel, self._domain)
        if self._carrier.channel is not Channel.MAIL:
            return Parcel(key, outgoing.recipient, "", letter)
        contact = self._contact(outgoing)
        return Parcel(key, contact.email, contact.name, replace(letter, body=as_mail(letter, language)))

    async def _letter(self, outgoing: Outgoing) -> Letter:
        language = pick_language(outgoing.language)
        if outgoing.fact != DIGEST:
            told = _told(outgoing)
            return replace(compose(told, language), calendar=calendar_of(outgoing, told.content, language))
        bundled = await self._outbound.bundled(outgoing.id)
        if not bundled:
            raise _CalledOff(Status.CANCELLED, Why.OUTDATED)
        return compose_digest([_told(row) for row in bundled], language)

    def _contact(self, outgoing: Outgoing) -> Contact:
        if outgoing.officer is None or outgoing.contact is None:
            raise _CalledOff(Status.CANCELLED, Why.LEFT)
        try:
            contact = open_contact(self._house.keyring, outgoing.officer, outgoing.contact)
        except CannotOpen as error:
            raise _CalledOff(Status.FAILED, Why.BAD_CONTACT) from error
        if not contact.email:
            raise _CalledOff(Status.CANCELLED, Why.NO_ADDRESS)  # it lies in the inbox all the same
        return contact

    async def _rest(self, seconds: float) -> None:
        """Wait *seconds*, alive: whoever waits for a server that is away does what it should."""
        until = asyncio.get_running_loop().time() + seconds
        while (left := until - asyncio.get_running_loop().time()) > 0:
            self.heartbeat.beat()
            await asyncio.sleep(min(left, 1.0))


async def _to_its_end(work: Coroutine[Any, Any, None]) -> None:
    """Do *work* whole, also when asked to stop meanwhile: a mail that the server took is noted as sent."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        with suppress(Exception):
            await task
        raise


def _told(row: Outgoing) -> Told:
    content = Content.model_validate(row.content)
    reader = Reader(row.unit, row.officer)
    return Told(row.fact, content, reader, urgent=row.urgent, restricted=row.restricted)
