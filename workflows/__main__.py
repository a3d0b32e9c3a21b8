"""Composition root of the waiting: `python -m workflows`."""

import sys
from functools import partial
from pathlib import Path
from typing import Any

import uvloop
from temporalio.worker import UnsandboxedWorkflowRunner

from services.contracts.events import Event, ReferralEvent, SpeakerRequestEvent
from services.kit import api_pipes
from services.kit.auth import Verifier
from services.kit.book_keeping import BookKeeping, handled
from services.kit.clock import system_clock
from services.kit.consumer import Consumer
from services.kit.crypto import Keyring
from services.kit.database import Database
from services.kit.departures_heard import HeardDepartures
from services.kit.health import Health
from services.kit.http import create_api
from services.kit.inbox import Together
from services.kit.janitor import Janitor
from services.kit.logging import configure_logging
from services.kit.migrations import migrate_when_up
from services.kit.part import Part
from services.kit.pipes import Pipes
from services.kit.streams import stream_broker
from services.kit.temporal import CommandWorker, TemporalLink
from workflows import api
from workflows.archive.commands import ArchiveCommands
from workflows.archive.stores import Stores
from workflows.books_workflow import TASK_QUEUE as BOOKS_QUEUE
from workflows.referral_workflow import TASK_QUEUE
from workflows.runner import BOOK_WORKFLOWS, SPEAKER_WORKFLOWS, WORKFLOWS
from workflows.runs import Runs
from workflows.schedules import Schedules
from workflows.settings import WorkflowSettings
from workflows.speaker_workflow import TASK_QUEUE as SPEAKERS_QUEUE
from workflows.starter import Starter

ROUTERS = (api.router, api_pipes.router)
EXAMPLES = Path(__file__).with_name("examples.yaml")
# About 140 KB each, whatever is open. One that was dropped costs a replay of its short history when it wakes.
CACHED_WORKFLOWS = 1000


async def main() -> int:
    settings = WorkflowSettings()
    configure_logging("workflows", settings.log_format, settings.log_level)
    await migrate_when_up(settings.database_url, Path(__file__).parent / "migrations")

    database, health = Database(settings.database_url, pool=4), Health()
    link = TemporalLink(settings, metrics_address=settings.worker_metrics)
    now = system_clock(settings.clock_offset_seconds)
    verifier = Verifier(settings.jwks, now=now)
    broker = stream_broker(settings.redis_url)
    await broker.connect()
    feed = Together(Starter(link).feed)
    handlers: dict[type[Event], Together] = {ReferralEvent: feed, SpeakerRequestEvent: feed}
    starter = Consumer(
        "referral",
        "workflows",
        handlers,
        broker=broker,
        database=database,
        settings=settings,
        probes=[link.ping],
    )
    runner = UnsandboxedWorkflowRunner()
    waiting = partial(CommandWorker, link, workflow_runner=runner, max_cached_workflows=CACHED_WORKFLOWS)
    worker, speakers = waiting(TASK_QUEUE, workflows=WORKFLOWS), waiting(SPEAKERS_QUEUE, workflows=SPEAKER_WORKFLOWS)
    books = BookKeeping("workflows", database, settings, now, handled(referral=handlers))
    store = Stores(database, settings.bucket_access).at(settings.archive)
    archive = ArchiveCommands(link, database, store, now)
    commands = (*Runs(link).activities(), *archive.activities(), *books.activities())
    passes = CommandWorker(link, BOOKS_QUEUE, activities=commands, workflows=BOOK_WORKFLOWS, workflow_runner=runner)
    janitor = Janitor(database, settings, None, ())

    part = Part("workflows", host=settings.http_host, port=settings.http_port, health=health)
    keyring = Keyring.load(settings.keyring)
    watch, pipes = api.Watch(link, database, keyring, now), Pipes("workflows", database, settings, health, keyring, now)
    state: dict[str, Any] = {"watch": watch, "pipes": pipes}
    departures = HeardDepartures(settings.redis_url, verifier)
    part.serve(
        create_api("workflows", verifier=verifier, health=health, routers=ROUTERS, examples=EXAMPLES, **state),
        departures,
    )
    part.add("consumers", starter)
    part.add("worker", worker, speakers, passes)
    part.add("loops", Schedules(link, settings.books))
    part.add("janitor", janitor)
    part.on_close(starter.close, books.close, janitor.close, pipes.close, departures.close, broker.stop, database.close)
    return await part.run()


if __name__ == "__main__":
    sys.exit(uvloop.run(main()))
