"""The environments of the programs: next to nothing for servers, ours plus their settings for parts."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

ADMIN_ONLY = ("NYEKRUP_DATABASE_ADMIN_URL",)  # what a part must not have


def server_env() -> dict[str, str]:
    """Return a bare environment: PGDATA, TEMPORAL_ADDRESS and the like of the caller must not steer our servers."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}


def part_env(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the caller's environment with *settings* on top, and with this very code importable."""
    kept = {name: value for name, value in os.environ.items() if name not in ADMIN_ONLY}
    root = Path(__file__).resolve().parents[2]
    if (root / "pyproject.toml").exists():  # a checkout; an installed package is found as it is
        kept["PYTHONPATH"] = os.pathsep.join(filter(None, [str(root), kept.get("PYTHONPATH")]))
    return {**kept, "PYTHONUNBUFFERED": "1", **settings}


def module_argv(module: str) -> list[str]:
    """Return how to run *module*; -P, so that no file of the current folder is taken for one of ours."""
    return [sys.executable, "-P", "-m", module]
