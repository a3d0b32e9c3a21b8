"""Asking the program that reads the archive: the part `workflows` alone knows its tables and its bucket."""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from typing import Any

from deploy.local.errors import LocalError
from deploy.local.home import Home
from deploy.local.parts import WORKFLOWS
from deploy.local.servers import ADMIN_URL, DATABASE_URL, Servers
from services.cli.told import EndedEarly, told_by

PROGRAM = f"{WORKFLOWS.module}.replay"

_STOPPED = {
    "settings": ("The settings of the archive are not right", "Give the part's own environment (NYEKRUP_...)."),
    "database": ("The database does not answer", "Look at `nyekrup status`; start the stack with `nyekrup up`."),
    "store": ("The archive's store does not answer", "Check NYEKRUP_ARCHIVE_S3_... and the bucket's server."),
}


class CannotRead(Exception):
    """The archive cannot be read. *what_next* is what to do about it."""

    def __init__(self, what: str, what_next: str) -> None:
        super().__init__(what)
        self.what_next = what_next


async def lines_of(*arguments: str) -> AsyncIterator[dict[str, Any]]:
    """Yield what the program tells, line by line. Raises CannotRead."""
    try:
        async with aclosing(told_by(PROGRAM, *arguments, env=_settings())) as lines:
            async for told in lines:
                if "stopped" in told:
                    what, what_next = _STOPPED[told["stopped"]]
                    raise CannotRead(f"{what} ({told['detail']}).", what_next)
                if "finished" not in told:
                    yield told
    except EndedEarly as error:
        raise CannotRead(str(error), "What it said is above. Try again.") from error


def _settings() -> Mapping[str, str]:
    """Return how the database is reached: the part's own environment, or that of this machine's stack."""
    if os.environ.get(DATABASE_URL) and not os.environ.get(ADMIN_URL):
        return {}
    try:
        home = Home.open()
        return Servers.choose(home.ports(), home.secrets()).settings(WORKFLOWS.name)
    except LocalError as error:
        raise CannotRead(str(error), "Run `nyekrup doctor` to see what is wrong and what to do.") from error
