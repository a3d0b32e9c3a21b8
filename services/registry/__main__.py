"""Composition root of the registry: `python -m services.registry`."""

import sys
from datetime import timedelta
from pathlib import Path

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
from services.registry import (
    api_candidates,
    api_directory,
    api_families,
    api_imports,
    api_links,
    api_offices,
    api_people,
    api_regions,
    demo,
    officers,
)
from services.registry.activities import activities
from services.registry.context import Registry
from services.registry.handlers import Hears
from services.registry.importing.housekeeping import Housekeeping
from services.registry.importing.programs import Programs
from services.registry.importing.usecases import Imports
from services.registry.passwords import Passwords
from services.registry.seeding import seed
from services.registry.settings import RegistrySettings
from services.registry.tokens import Signer

ROUTERS = (
    api_people.router, api_regions.router, api_offices.router, api_directory.router, api_families.router,
    api_imports.router,
    api_candidates.router, api_links.router, api_pipes.router,
)  # fmt: skip
EXAMPLES = Path(__file__).with_name("examples.yaml")


async def main() -> int:
    settings = RegistrySettings()
    configure_logging("registry", settings.log_format, settings.log_level)
    signer = Signer.load(settings.signing_key, settings.jwks)  # a key that nobody knows stops the start
    await migrate_when_up(settings.database_url, Path(__file__).parent / "migrations")

    now = system_clock(settings.clock_offset_seconds)
    database = Database(settings.database_url, pool=settings.database_pool)
    verifier, health, link = Verifier(settings.jwks, now=now), Health(), TemporalLink(settings)
    keyring, failures = Keyring.load(settings.keyring), settings.sign_in_failures
    registry = Registry(database, keyring, signer, verifier, Passwords(), now, failures)
    await seed(database, now())
    if settings.demo_accounts:
        await demo.make_accounts(registry, settings.demo_accounts)
    imports = Imports(database, settings.imports, Programs(database, match_after=settings.match_after_import))
    await imports.programs.mend()
    keep = timedelta(days=settings.imports_keep_days)
    housekeeping = Housekeeping(
        database, settings.imports, imports.programs, now, daily=settings.match_after_import, keep=keep
    )
    departures = Departures(database, verifier, officers.LEFT_SINCE, now)
    await departures.once()

    broker = stream_broker(settings.redis_url)
    await broker.connect()
    hears = Hears(now)
    referral = Consumer(
        "referral", "registry", hears.of_referral(), broker=broker, database=database, settings=settings
    )
    books = BookKeeping("registry", database, settings, now, handled(referral=hears.of_referral()))
    janitor = Janitor(database, settings, "registry", GROUPS["registry"])

    pipes = Pipes("registry", database, settings, health, keyring, now)
    part = Part("registry", host=settings.http_host, port=settings.http_port, health=health)
    api = create_api("registry", verifier=verifier, health=health, routers=ROUTERS, examples=EXAMPLES,
                     large_bodies={api_imports.router.prefix: api_imports.MOST_BYTES},
                     registry=registry, imports=imports, pipes=pipes)  # fmt: skip
    part.serve(api, departures, housekeeping)
    part.add("relay", Relay(settings.database_url, settings.redis_url, "registry", GROUPS["registry"]))
    part.add("consumers", referral)
    commands = (*activities(database, now), *books.activities())
    part.add("worker", CommandWorker(link, "registry-commands", activities=commands))
    part.add("janitor", janitor)
    part.on_close(imports.programs.close, referral.close, books.close, janitor.close, pipes.close)
    part.on_close(broker.stop, database.close)
    return await part.run()


if __name__ == "__main__":
    sys.exit(uvloop.run(main()))
