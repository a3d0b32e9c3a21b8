"""The embedded PostgreSQL: made once, run in the foreground, loopback only, every role with its own password."""

import os
import pwd
import shutil
from pathlib import Path
from signal import SIGINT

import psycopg

from deploy.local.bootstrap import bootstrap
from deploy.local.environment import server_env
from deploy.local.errors import PostgresSetupFailed
from deploy.local.home import Home
from deploy.local.ports import HOST, Ports
from deploy.local.postgres_place import Place, find_place
from deploy.local.secret_files import DATABASE_SUPERUSER, Secrets
from services.kit.process import Program, run_once

DATABASE = "nyekrup"

SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",  # the path of a socket may not be longer than 103 bytes; a home may
    "max_connections": "100",
    "shared_buffers": "128MB",
    "fsync": "on",
    "synchronous_commit": "on",
    "wal_level": "replica",  # so that pg_basebackup works
    "min_wal_size": "80MB",
    "max_wal_size": "512MB",
    "checkpoint_timeout": "15min",
    "jit": "off",  # compiling costs more than these short queries take
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "off",
    # No personal data in logs: neither statements nor the values that the details of an error show.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


def postgres_program(home: Home, ports: Ports, secrets: Secrets) -> Program:
    """Return PostgreSQL as a program to supervise; when ready, its database and roles exist. Raises LocalError."""
    place = find_place(home)
    log_file = home.log_file("postgres")
    password = secrets.postgres[DATABASE_SUPERUSER]
    admin_url = f"postgresql://{DATABASE_SUPERUSER}:{password}@{ports.address('postgres')}"

    async def prepare() -> None:
        await ensure_cluster(place, password, log_file)

    async def ready() -> bool:
        return await accepts_queries(f"{admin_url}/postgres")

    async def make_roles() -> None:
        await bootstrap(f"{admin_url}/{DATABASE}", secrets.postgres)

    flags = [f"--{name}={value}" for name, value in {**SETTINGS, "port": str(ports["postgres"])}.items()]
    return Program(
        name="postgres", kind="server", address=ports.address("postgres"), data=place.data, user=place.user,
        argv=[str(place.bin / "postgres"), "-D", str(place.data), *flags], env=server_env(), cwd=Path("/"),
        log_file=log_file, ready=ready, before=prepare, after=make_roles,
        stop_signal=SIGINT, death_signal=SIGINT,  # a fast shutdown: ends the connections, writes a checkpoint
    )  # fmt: skip


async def accepts_queries(url: str) -> bool:
    """Say whether somebody with our password gets an answer, which no other server on that port would give."""
    try:
        async with await psycopg.AsyncConnection.connect(url, connect_timeout=2) as connection:
            await connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


async def ensure_cluster(place: Place, password: str, log_file: Path) -> None:
    """Make the data folder unless there is one. Raises PostgresSetupFailed; the log has initdb's words.

    initdb writes beside the final folder, which gets its name at the end, so an interrupted start leaves nothing half
    made. It also syncs what it wrote: leaving that out (-N) saves 0.1 s once and risks the cluster at a power cut.
    """
    if place.initialised:
        return
    part = place.data.with_name("data.part")
    shutil.rmtree(part, ignore_errors=True)
    password_file = _password_file(place, password)
    try:
        code = await run_once(_initdb(place, part, password_file, log_file))
    finally:
        password_file.unlink(missing_ok=True)
    if code != 0:
        raise PostgresSetupFailed(place.data, f"initdb ended with code {code}, see {log_file}")
    part.rename(place.data)


def _initdb(place: Place, folder: Path, password_file: Path, log_file: Path) -> Program:
    locale = ("-E", "UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    access = ("-U", DATABASE_SUPERUSER, "-A", "scram-sha-256", f"--pwfile={password_file}")
    return Program(
        name="initdb", argv=[str(place.bin / "initdb"), "-D", str(folder), *locale, *access, "--no-instructions"],
        env=server_env(), user=place.user, cwd=Path("/"), log_file=log_file,
    )  # fmt: skip


def _password_file(place: Place, password: str) -> Path:
    """Write the superuser's password where initdb, perhaps another user, can read it, and nobody else."""
    file = place.data.with_name("pwfile")
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(password)
        if place.user:
            account = pwd.getpwnam(place.user)
            os.fchown(descriptor, account.pw_uid, account.pw_gid)
    return file
