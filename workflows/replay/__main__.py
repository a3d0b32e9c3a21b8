"""`python -m workflows.replay`: lines of JSON on the standard output, for whoever shows them to people.

`figures` gives one line: how much is archived, how much waits. `runs` gives {"total": ...}, then a line for each run.
At the end comes {"finished": true}, or {"stopped": why, "detail": ...}.
"""

import asyncio
import json
import logging
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from services.kit.database import Database
from workflows.archive.reading import Archive, Chosen
from workflows.archive.settings import ArchiveSettings
from workflows.archive.stores import StoreFailed, Stores
from workflows.replay.replays import Replayed, Replays

CANNOT_READ = 3
LONGEST_REASON = 2000


class ReplaySettings(ArchiveSettings):
    """Of the settings of the part `workflows` those that reading needs."""

    database_url: str


def main() -> int:
    """Return 0 when all was told, whatever it was; CANNOT_READ with a line that says why where it could not be."""
    logging.disable()  # what the SDK would log about a replay is in its result
    try:
        asyncio.run(_work(_arguments().parse_args()))
    except ValidationError as error:
        wrong = ", ".join(f"NYEKRUP_{each['loc'][0]}".upper() for each in error.errors())
        return _stopped("settings", wrong)
    except SQLAlchemyError as error:
        return _stopped("database", type(error).__name__)
    except StoreFailed as error:
        return _stopped("store", str(error))
    return 0


async def _work(given: Namespace) -> None:
    async with _archive() as archive:
        if given.what == "figures":
            _tell(await archive.figures())
        else:
            await _replay(archive, Chosen(since=given.since, until=given.until, share=given.share, of=given.of))
        _tell({"finished": True})


async def _replay(archive: Archive, chosen: Chosen) -> None:
    _tell({"total": await archive.count(chosen)})
    async for each in Replays(archive, chosen).results():
        _tell(_line(each))


@asynccontextmanager
async def _archive() -> AsyncIterator[Archive]:
    settings = ReplaySettings()
    database = Database(settings.database_url, pool=2)
    try:
        yield Archive(database, Stores(database, settings.bucket_access))
    finally:
        await database.close()


def _arguments() -> ArgumentParser:
    everything = Chosen()
    parser = ArgumentParser(prog="python -m workflows.replay", description=__doc__)
    parser.add_argument("what", choices=["figures", "runs"])
    parser.add_argument("--since", type=datetime.fromisoformat, default=everything.since)
    parser.add_argument("--until", type=datetime.fromisoformat, default=everything.until)
    parser.add_argument("--share", type=int, default=everything.share)
    parser.add_argument("--of", type=int, default=everything.of)
    return parser


def _line(each: Replayed) -> dict[str, Any]:
    kept = each.kept
    about = {"workflow": kept.workflow_id, "run": kept.run_id, "type": kept.type, "closed_at": kept.closed_at}
    return {**about, "went": each.went, "event": each.event, "why": each.why[:LONGEST_REASON]}


def _stopped(why: str, detail: str) -> int:
    _tell({"stopped": why, "detail": detail})
    return CANNOT_READ


def _tell(line: dict[str, Any]) -> None:
    print(json.dumps(line, default=_text), flush=True)


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


if __name__ == "__main__":
    sys.exit(main())
