"""What the database really does for a request: the server's own `auto_explain`, read from its log.

So the statement, its values and its plan are those of the running part, whatever it sends today.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString, Self

import psycopg
from psycopg import sql

ROLES: tuple[LiteralString, ...] = ("referral", "registry")
_SETTINGS: tuple[LiteralString, ...] = (
    "ALTER ROLE {role} SET session_preload_libraries = 'auto_explain'",
    "ALTER ROLE {role} SET auto_explain.log_min_duration = 0",
    "ALTER ROLE {role} SET auto_explain.log_analyze = on",
    "ALTER ROLE {role} SET auto_explain.log_buffers = on",
    "ALTER ROLE {role} SET auto_explain.log_timing = off",
    "ALTER ROLE {role} SET auto_explain.log_format = json",
    "ALTER ROLE {role} SET auto_explain.log_parameter_max_length = 0",
)
_RESET: tuple[LiteralString, ...] = ("ALTER ROLE {role} RESET ALL",)
_ENTRY = re.compile(r"duration: ([\d.]+) ms  plan:\n((?:\t.*\n)+)")


@dataclass(frozen=True, slots=True)
class Executed:
    """One statement as it was executed. *nodes*: each step of its plan, with the table or index it reads."""

    query: str
    milliseconds: float
    nodes: tuple[str, ...]
    scans: tuple[str, ...]
    """Tables that were read from one end to the other."""
    blocks_read: int
    blocks_hit: int

    @classmethod
    def read(cls, milliseconds: str, written: str) -> Self:
        told = json.loads(written.replace("\n\t", "\n"))
        nodes = list(_nodes(told["Plan"]))
        scans = tuple(each["Relation Name"] for each in nodes if each["Node Type"] == "Seq Scan")
        plan = told["Plan"]
        return cls(
            told["Query Text"], float(milliseconds), tuple(map(_named, nodes)), scans,
            plan["Shared Read Blocks"], plan["Shared Hit Blocks"],
        )  # fmt: skip


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


def _named(node: dict[str, Any]) -> str:
    of = node.get("Index Name") or node.get("Relation Name")
    return f"{node['Node Type']} {of}" if of else str(node["Node Type"])


class Explained:
    """The server's log from here on."""

    def __init__(self, log_file: Path) -> None:
        self._file, self._position = log_file, log_file.stat().st_size

    def new(self) -> list[Executed]:
        """Return what was executed since the last call, and is told to the end."""
        with self._file.open("rb") as log:
            log.seek(self._position)
            written = log.read().decode(errors="replace")
        whole = written[: written.rfind("\n") + 1]
        self._position += len(whole.encode())
        return [Executed.read(*found) for found in _ENTRY.findall(whole)]


def slowest(executed: Sequence[Executed], marks: str) -> Executed | None:
    """Return the slowest of those whose text has *marks*; others are of the parts' own housekeeping."""
    found = [each for each in executed if marks in each.query]
    return max(found, key=lambda each: each.milliseconds, default=None)


async def explain(url: str, *, on: bool) -> None:
    """Let the server explain every statement of ROLES, or no longer; it counts for connections made afterwards."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as database:
        for role in ROLES:
            for statement in _SETTINGS if on else _RESET:
                await database.execute(sql.SQL(statement).format(role=sql.Identifier(role)))
