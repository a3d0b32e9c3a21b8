"""Composition root of the messages: `python -m services.notify`."""

import sys
from functools import partial
from pathlib import Path
from typing import Any

import uvloop

from services.contracts.events import GROUPS
from services.kit import api_pipes
from services.kit.auth import Verifier
from services.kit.book_keeping import BookKeeping, handled
from services.kit.clock import system_clock
from services.kit.consumer import Consumer
from services.kit.crypto import Keyring
from services.kit.database import Database
from services.kit.departures import Departures
from services.kit.health import Health
from services.kit.http import create_api
from services.kit.janitor import Janitor
from services.kit.logging import configure_logging
from services.kit.migrations import migrate_when_up
from services.kit.part import Part
from services.kit.pipes import Pipes
from services.kit.relay import Relay
from services.kit.streams import stream_broker
from services.kit.temporal import CommandWorker, TemporalLink
from services.notify import people
from services.notify.api import router
from services.notify.chats import AppriseCarrier
from services.notify.digest import DigestLoop
from services.notify.directory_first import DirectoryFirst
from services.notify.handlers import Hears
from services.notify.house import House
from services.notify.mail import MailCarrier
from services.notify.outlets import Outlets
from services.notify.sender import Sender
from services.notify.settings import NotifySettings

ROUTERS = (router, api_pipes.router)
EXAMPLES = Path(__file__).with_name("examples.yaml")


async def main() -> int:
    settings = NotifySettings()
    configure_logging("notify", settings.log_format, settings.log_level)
    outlets = Outlets.load(settings.apprise_file)  # a file with a mistake stops the start, not a message
    await migrate_when_up(settings.database_url, Path(__file__).parent / "migrations")

    now = system_clock(settings.clock_offset_seconds)
    database = Database(settings.database_url, pool=settings.database_pool)
    keyring = Keyring.load(settings.keyring)
    house = House(database, keyring, now, settings.hours, outlets, mail=settings.smtp_host is not None)
    verifier, health, link = Verifier(settings.jwks, now=now), Health(), TemporalLink(settings)
    departures = Departures(database, verifier, people.LEFT_SINCE, now)
    await departures.once()

    broker = stream_broker(settings.redis_url)
    await broker.connect()
    hears = Hears(house)
    hearing = partial(Consumer, group="notify", broker=broker, database=database, settings=settings)
    registry = hearing("registry", handlers=hears.of_registry())
    directory_first = DirectoryFirst(settings.redis_url, "registry", "notify")
    referral = hearing("referral", handlers=hears.of_referral(), gate=directory_first)
    heard = handled(referral=hears.of_referral(), registry=hears.of_registry())
    books = BookKeeping("notify", database, settings, now, heard)
    janitor = Janitor(database, settings, "notify", GROUPS["notify"])

    part = Part("notify", host=settings.http_host, port=settings.http_port, health=health)
    pipes = Pipes("notify", database, settings, health, keyring, now)
    state: dict[str, Any] = {"house": house, "pipes": pipes}
    served = create_api("notify", verifier=verifier, health=health, routers=ROUTERS, examples=EXAMPLES, **state)
    part.serve(served, departures)
    part.add("relay", Relay(settings.database_url, settings.redis_url, "notify", GROUPS["notify"]))
    part.add("consumers", registry, referral)
    if house.mail:
        part.add("loops", Sender(house, MailCarrier(settings, now), settings), DigestLoop(house))
    if outlets.urls:
        part.add("loops", Sender(house, AppriseCarrier(outlets), settings))
    part.add("worker", CommandWorker(link, "notify-commands", activities=books.activities()))
    part.add("janitor", janitor)
    part.on_close(registry.close, referral.close, directory_first.close, books.close)
    part.on_close(janitor.close, pipes.close, broker.stop, database.close)
    return await part.run()


if __name__ == "__main__":
    sys.exit(uvloop.run(main()))
