"""Run a part as it is, and write down the statements of every transaction that it commits.

`NYEKRUP_BENCH_RECORDING=FILE python -m services.cli.bench.floors.recorded MODULE [ARGS...]`. So the floor replays what
the product really does today, and cannot drift from it.
"""

import os
import pickle
import runpy
import sys
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

RECORDING = "NYEKRUP_BENCH_RECORDING"
_HELD = "bench.statements"


class Recorder:
    """Holds a transaction's statements with its connection until it commits."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def listen(self) -> None:
        event.listen(Engine, "before_cursor_execute", self._execute)
        event.listen(Engine, "commit", self._commit)
        event.listen(Engine, "rollback", self._rollback)

    def _execute(self, connection: Connection, _: Any, statement: str, parameters: Any, *__: Any) -> None:
        connection.info.setdefault(_HELD, []).append((statement, parameters))

    def _commit(self, connection: Connection) -> None:
        if statements := connection.info.pop(_HELD, None):
            with self._file.open("ab") as recording:
                pickle.dump(statements, recording)

    def _rollback(self, connection: Connection) -> None:
        connection.info.pop(_HELD, None)


if __name__ == "__main__":
    file = Path(os.environ[RECORDING])
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    Recorder(file).listen()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
