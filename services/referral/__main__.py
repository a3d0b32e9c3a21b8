"""Composition root of the record: `python -m services.referral`."""

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import uvloop

from services.contracts.commands import MARKS_QUEUE
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
from services.kit.signing import SigningKey
from services.kit.streams import stream_broker
from services.kit.temporal import CommandWorker, TemporalLink
from services.referral import (
    api,
    api_board,
    api_books,
    api_counts,
    api_joint_report,
    api_load,
    api_operations,
    api_placement,
    api_policies,
    policy,
    world,
)
from services.referral.activities import activities
from services.referral.boards import Boards
from services.referral.book_activities import BookCommands
from services.referral.handlers import Hears
from services.referral.settings import ReferralSettings
from services.referral.speaking import api as speaking_api
from services.referral.speaking import api_calendar, api_rooms
from services.referral.speaking import api_operations as speaking_operations
from services.referral.speaking import policy as speaking_policy
from services.referral.speaking.activities import SpeakerCommands
from services.referral.usecases import Record

ROUTERS = (
    api.router, api_board.router, api_books.router, api_counts.router, api_joint_report.router, api_load.router,
    api_operations.router, api_placement.router, api_policies.router, api_pipes.router, speaking_api.router,
    speaking_operations.router, api_rooms.router, api_calendar.router,
)  # fmt: skip
EXAMPLES = Path(__file__).with_name("examples.yaml")
COMMANDS_AT_ONCE = 16
MARKS_AT_ONCE = 2


async def main() -> int:
    settings = ReferralSettings()
    configure_logging("referral", settings.log_format, settings.log_level)
    policy.load(settings.policy)  # a policy with a gap stops the start, not a referral
    speaking_policy.load(settings.speaking_policy)
    books_key = SigningKey.load(settings.books_key, settings.books_jwks)
    await migrate_when_up(settings.database_url, Path(__file__).parent / "migrations")

    now = system_clock(settings.clock_offset_seconds)
    database = Database(settings.database_url, pool=settings.database_pool)
    keyring, picture = Keyring.load(settings.keyring), world.OfficePicture()
    record = Record(database, keyring, picture, now, settings.policy, settings.speaking_policy)
    verifier, health, link = Verifier(settings.jwks, now=now), Health(), TemporalLink(settings)
    departures = Departures(database, verifier, world.LEFT_SINCE, now)
    await departures.once()

    broker = stream_broker(settings.redis_url)
    await broker.connect()
    hears = Hears(record)
    hearing = partial(Consumer, group="referral", broker=broker, database=database, settings=settings)
    registry = hearing("registry", handlers=hears.of_registry())
    notify = hearing("notify", handlers=hears.of_notify())
    heard = handled(registry=hears.of_registry(), notify=hears.of_notify())
    # Connections of their own: however many deadlines fall due, commands take none that people wait for.
    commanded = replace(record, database=Database(settings.database_url, pool=max(settings.database_pool // 2, 2)))
    books = BookKeeping("referral", commanded.database, settings, now, heard)
    commands = (
        *activities(commanded),
        *SpeakerCommands(commanded).activities(),
        *BookCommands(commanded, books_key).activities(),
        *books.activities(),
    )
    janitor = Janitor(database, settings, "referral", GROUPS["referral"])

    part = Part("referral", host=settings.http_host, port=settings.http_port, health=health)
    pipes = Pipes("referral", database, settings, health, record.keyring, now)
    boards = Boards(record, settings.board_fresh_seconds)
    state: dict[str, Any] = {"record": record, "books_keys": books_key.jwks, "boards": boards, "pipes": pipes}
    served = create_api("referral", verifier=verifier, health=health, routers=ROUTERS, examples=EXAMPLES, **state)
    part.serve(served, departures)
    part.add("relay", Relay(settings.database_url, settings.redis_url, "referral", GROUPS["referral"]))
    part.add("consumers", registry, notify)
    serving = partial(CommandWorker, link, activities=commands)
    part.add(
        "worker",
        serving("referral-commands", max_concurrent_activities=COMMANDS_AT_ONCE),
        serving(MARKS_QUEUE, max_concurrent_activities=MARKS_AT_ONCE),
    )
    part.add("janitor", janitor)
    part.on_close(registry.close, notify.close, books.close, janitor.close, pipes.close, broker.stop)
    part.on_close(commanded.database.close, database.close)
    return await part.run()


if __name__ == "__main__":
    sys.exit(uvloop.run(main()))
