"""The driver's own book of what it asked and what it was told. Each line is on the disk before the next thing happens.

A line is one JSON object with `what`: `sent` before a command goes out for the first time, `silence` for each try that
nobody answered, `answer` for the final answer, `again` for the answer to the same command sent once more.
"""

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FAILED = 500


class Journal:
    """Writes lines that survive whatever happens to the writer."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, what: str, key: str, **facts: Any) -> None:
        """Append one line; it is on the disk when this returns."""
        line = json.dumps({"at": time.time(), "what": what, "key": key, **facts}, separators=(",", ":"))
        os.write(self._file, line.encode() + b"\n")
        os.fsync(self._file)

    def close(self) -> None:
        os.close(self._file)


@dataclass
class Command:
    """One command as the journal tells it. *status* is None as long as nobody answered."""

    key: str
    sent_at: float
    by: str
    action: str
    subject: str
    """The referral's id; for the action `record_family` the family's."""
    answered_at: float | None = None
    status: int | None = None
    answer: dict[str, Any] = field(default_factory=dict)
    silences: list[str] = field(default_factory=list)
    again: list[dict[str, Any]] = field(default_factory=list)

    @property
    def done(self) -> bool:
        """Answered, and the answer says that it has its effect."""
        return self.status is not None and self.status < 400

    @property
    def refused(self) -> bool:
        return self.status is not None and 400 <= self.status < FAILED

    @property
    def stall_seconds(self) -> float:
        return 0.0 if self.answered_at is None else self.answered_at - self.sent_at


class JournalReader:
    """Follows a journal while it is being written; *commands* is what it told so far, in the order of sending."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read_bytes = 0
        self.commands: dict[str, Command] = {}

    def follow(self) -> dict[str, Command]:
        """Take in what was written since the last time; return all commands."""
        for line in self._new_lines():
            self._take_in(json.loads(line))
        return self.commands

    def _new_lines(self) -> Iterator[bytes]:
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            file.seek(self._read_bytes)
            for line in file:
                if not line.endswith(b"\n"):
                    return  # still being written, or cut short by the end of its writer
                self._read_bytes += len(line)
                yield line

    def _take_in(self, line: dict[str, Any]) -> None:
        key, what = line["key"], line["what"]
        if what == "sent":
            self.commands[key] = Command(key, line["at"], line["by"], line["action"], line["subject"])
            return
        command = self.commands[key]
        if what == "silence":
            command.silences.append(line["why"])
        elif what == "answer":
            command.answered_at, command.status, command.answer = line["at"], line["status"], line["answer"]
        elif what == "again":
            command.again.append({"status": line["status"], "answer": line["answer"]})
