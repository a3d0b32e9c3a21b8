"""Mail over SMTP: one connection for a batch, and a reply code that says whose fault it was."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from typing import ClassVar

import aiosmtplib
from aiosmtplib import (
    SMTPDataError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from services.contracts.wib import WIB
from services.kit.clock import Now
from services.notify.carriers import Carry, ChannelAway, Ended, Parcel, Try, receipt_of
from services.notify.domain import Channel, Why
from services.notify.settings import NotifySettings

_SENDER_NAME = "Nyekrup"


class MailCarrier:
    """Carries messages to the SMTP server of the settings."""

    channel: ClassVar[Channel] = Channel.MAIL

    def __init__(self, settings: NotifySettings, now: Now) -> None:
        self._settings, self._now = settings, now
        self.most = settings.sender_batch

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Carry]:
        """Connect and sign in. Raises ChannelAway; a refused sign-in is no fault of the messages either."""
        server = self._server()
        try:
            await server.connect()
        except (SMTPException, OSError) as error:
            raise ChannelAway(type(error).__name__) from error

        async def carry(parcel: Parcel) -> Try:
            return await self._carry(server, parcel)

        try:
            yield carry
        finally:
            with suppress(SMTPException, OSError):
                await server.quit()
            server.close()

    def _server(self) -> aiosmtplib.SMTP:
        settings = self._settings
        password = settings.smtp_password.get_secret_value() if settings.smtp_password else None
        return aiosmtplib.SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_user,
            password=password,
            timeout=settings.smtp_timeout_seconds,
            use_tls=settings.smtp_tls == "tls",
            start_tls=settings.smtp_tls == "starttls",
        )

    async def _carry(self, server: aiosmtplib.SMTP, parcel: Parcel) -> Try:
        try:
            mail = self._mail(parcel)
        except (ValueError, IndexError, MessageError):
            return Try(Ended.REFUSED, "the address is no address", Why.BAD_CONTACT)
        try:
            _, said = await server.send_message(mail)
        except SMTPRecipientsRefused as error:
            return _answered(error.recipients[0])
        except SMTPDataError as error:
            return _answered(error)
        except (SMTPNotSupported, ValueError) as error:
            return Try(Ended.REFUSED, receipt_of(None, str(error)), Why.REFUSED)
        except (SMTPException, OSError) as error:
            # Whatever happened to the connection, or to us as a sender: all messages would meet the same.
            raise ChannelAway(type(error).__name__) from error
        return Try(Ended.SENT, receipt_of(250, said))

    def _mail(self, parcel: Parcel) -> EmailMessage:
        """Return the mail. Raises ValueError, IndexError or MessageError where the address is none."""
        mail = EmailMessage()
        mail["From"] = Address(_SENDER_NAME, addr_spec=self._settings.mail_from)
        mail["To"] = Address(" ".join(parcel.name.split()), addr_spec=parcel.to)
        mail["Subject"] = parcel.letter.subject
        mail["Date"] = format_datetime(self._now().astimezone(WIB))
        mail["Message-ID"] = parcel.key
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(parcel.letter.body)
        if calendar := parcel.letter.calendar:
            params = {"method": "PUBLISH"}
            mail.add_attachment(calendar.decode(), subtype="calendar", filename="nyekrup.ics", params=params)
        return mail


def _answered(error: SMTPResponseException) -> Try:
    """Judge a reply that was meant for this message. Source: RFC 5321, 4.2.1 and 3.8 (421: the server goes away)."""
    if error.code == 421:
        raise ChannelAway("421") from error
    receipt = receipt_of(error.code, error.message)
    return Try(Ended.REFUSED, receipt, Why.REFUSED) if error.code >= 500 else Try(Ended.LATER, receipt)
