"""A full disk where none can be mounted: the process may write no further into a file, and afterwards it may again."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from services.cli.chaos.faults.disk import no_room

WRITER = """
import sys
for line in sys.stdin:
    try:
        with open(sys.argv[1], "ab", buffering=0) as file:
            file.write(b"1234567890" * 10)
        print("written", flush=True)
    except OSError as error:
        print(type(error).__name__, error.errno, flush=True)
"""


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    argv = [sys.executable, "-c", WRITER, str(tmp_path / "file")]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def ask(writer: subprocess.Popen[str]) -> str:
    assert writer.stdin
    assert writer.stdout
    writer.stdin.write("\n")
    writer.stdin.flush()
    return writer.stdout.readline().strip()


@pytest.mark.skipif(sys.platform != "linux", reason="limits of another process are Linux's own")
def test_a_process_without_room_fails_to_write_and_goes_on_when_there_is_room_again(
    writer: subprocess.Popen[str],
) -> None:
    assert ask(writer) == "written"
    before = psutil.Process(writer.pid).rlimit(psutil.RLIMIT_FSIZE)
    with no_room(writer.pid):
        assert ask(writer).startswith("OSError 27")  # EFBIG
    assert psutil.Process(writer.pid).rlimit(psutil.RLIMIT_FSIZE) == before
    assert ask(writer) == "written"
