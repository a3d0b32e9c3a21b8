"""The one data folder of a local stack: what lives where, its passwords, its ports, and that only one stack uses it.

An empty folder becomes a home at first use. Nothing outside it is ever written, but for PostgreSQL's data under
``/var/lib/nyekrup`` when root's home lies behind a closed folder (see ``postgres_place.py``).
"""

import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_dir

from deploy.local.errors import HomeInUse, NotAHome
from deploy.local.ports import Ports, held_ports, remembered_ports
from deploy.local.secret_files import Secrets, make_secrets, write_private
from services.kit.stackfile import end_leftovers

ELSEWHERE = Path("/var/lib/nyekrup")
MARK = ".nyekrup-home"
FOLDERS = ("postgres", "valkey", "temporal", "mail", "keys", "logs", "imports", "run")


@dataclass(frozen=True, slots=True)
class Home:
    """The data folder *path*, absolute. *id* is random and stays with the folder when it is moved."""

    path: Path
    id: str

    @classmethod
    def open(cls, path: Path | None = None) -> "Home":
        """Return the home at *path*, else NYEKRUP_HOME, else the user's data folder; make it if it is new.

        Raises NotAHome if the folder holds something else, OSError if it cannot be made.
        """
        chosen = path or Path(os.environ.get("NYEKRUP_HOME") or user_data_dir("nyekrup"))
        root = chosen.expanduser().resolve()
        root.mkdir(parents=True, exist_ok=True)
        mark = root / MARK
        if not mark.exists():
            if any(root.iterdir()):
                raise NotAHome(root)
            write_private(mark, secrets.token_hex(8))
        home = cls(root, mark.read_text())
        home._make_folders()
        return home

    def folder(self, name: str) -> Path:
        """Return the folder *name*, one of FOLDERS; where PostgreSQL's data is, ``find_place`` knows."""
        return self.path / name

    @property
    def state_file(self) -> Path:
        """What runs here, see ``services.kit.stackfile``."""
        return self.path / "run" / "stack.json"

    @property
    def keyring(self) -> Path:
        return self.path / "keys" / "keyring.json"

    @property
    def session_key(self) -> Path:
        """What seals the cookies of the pages."""
        return self.path / "keys" / "session.json"

    @property
    def signing_key(self) -> Path:
        return self.path / "keys" / "signing.pem"

    @property
    def jwks(self) -> Path:
        return self.path / "keys" / "jwks.json"

    @property
    def books_key(self) -> Path:
        return self.path / "keys" / "books.pem"

    @property
    def books_jwks(self) -> Path:
        return self.path / "keys" / "books-jwks.json"

    @property
    def elsewhere(self) -> Path:
        """Where root puts what user nobody must reach when this home lies behind a closed folder."""
        return ELSEWHERE / self.id

    def log_file(self, name: str) -> Path:
        return self.path / "logs" / f"{name}.log"

    def secrets(self) -> Secrets:
        """Return the passwords, made at first use and never again."""
        return make_secrets(self.path / "keys" / "secrets.json")

    def ports(self) -> Ports:
        """Return the ports of the last start, or newly chosen ones; environment variables win. Holds nothing."""
        return remembered_ports(self.path / "run" / "ports.json")

    def hold_ports(self) -> AbstractContextManager[Ports]:
        """Yield ports that no other stack takes while the block runs, the remembered ones if it can; see `held_ports`.

        For whoever holds the home. Raises PortTaken if an environment variable asks for a port that somebody else has.
        """
        return held_ports(self.path / "run" / "ports.json")

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Be the only stack in this home for as long as the block runs. Raises HomeInUse."""
        lock = os.open(self.path / "run" / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise HomeInUse(self.path, _pid_in(lock)) from None
            os.truncate(lock, 0)
            os.pwrite(lock, str(os.getpid()).encode(), 0)
            yield
        finally:
            os.close(lock)  # gives the lock back; the file stays, or two could lock two files of one name

    def in_use_by(self) -> int | None:
        """Return the pid of the stack that runs here, None where none does. The lock knows; a noted pid may be old."""
        try:
            with self.hold():
                return None
        except HomeInUse as error:
            return error.pid

    def purge(self) -> None:
        """Remove the home and what lies elsewhere for it. Raises HomeInUse while a stack runs here."""
        with self.hold():
            end_leftovers(self.state_file)
            shutil.rmtree(self.elsewhere, ignore_errors=True)
            for entry in self.path.iterdir():
                shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()
        for folder in (self.path, ELSEWHERE):
            with suppress(OSError):  # a mount point, or others still have something there
                folder.rmdir()

    def _make_folders(self) -> None:
        as_root = os.geteuid() == 0
        _set_mode(self.path, 0o711 if as_root else 0o700)  # PostgreSQL's user must pass through root's home
        for name in FOLDERS:
            folder = self.path / name
            if not folder.exists():
                folder.mkdir(mode=0o700)


def _set_mode(path: Path, mode: int) -> None:
    if path.stat().st_mode & 0o777 != mode:
        path.chmod(mode)


def _pid_in(lock: int) -> int | None:
    text = os.pread(lock, 20, 0).decode(errors="replace")
    return int(text) if text.isdecimal() else None
