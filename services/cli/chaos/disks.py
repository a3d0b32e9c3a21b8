"""Small disks for the servers' data, where this machine lets us mount some: in a mount namespace of our own.

The namespace ends with the last of our processes, and every mount in it; nobody else ever sees them.
"""

import ctypes
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from deploy.local.home import Home
from deploy.local.postgres_place import find_place

MEGABYTES = {"valkey": 96, "postgres": 512}
_CLONE_NEWNS = 0x00020000  # <linux/sched.h>


@contextmanager
def small_disks(home: Home) -> Iterator[Mapping[str, Path]]:
    """Have the data of Valkey and PostgreSQL on small disks; yield those that could be made, by server.

    Call it while this process has one thread: a thread keeps the namespace that it was made in.
    """
    folders = {"valkey": home.folder("valkey"), "postgres": find_place(home).data.parent}
    able = _namespace_of_our_own()
    made = {name: folder for name, folder in folders.items() if able and _mount(name, folder)}
    try:
        yield made
    finally:
        for folder in made.values():
            _run("umount", "--lazy", str(folder))


def _mount(name: str, folder: Path) -> bool:
    return _run("mount", "-t", "tmpfs", "-o", f"size={MEGABYTES[name]}m,mode=0700", "tmpfs", str(folder))


def _namespace_of_our_own() -> bool:
    if sys.platform != "linux" or os.geteuid() != 0:
        return False
    if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWNS) != 0:
        return False
    return _run("mount", "--make-rprivate", "/")


def _run(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, timeout=10, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
