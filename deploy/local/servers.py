"""Where the parts find PostgreSQL, Redis and Temporal: the embedded servers, or external ones that the caller names."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from deploy.local.errors import SettingMissing
from deploy.local.home import Home
from deploy.local.ports import Ports
from deploy.local.postgres import DATABASE, postgres_program
from deploy.local.secret_files import DATABASE_ROLES, Secrets
from deploy.local.temporal import NAMESPACE, temporal_program
from deploy.local.valkey import valkey_program
from services.kit.process import Program

DATABASE_URL = "NYEKRUP_DATABASE_URL"
ADMIN_URL = "NYEKRUP_DATABASE_ADMIN_URL"
REDIS_URL = "NYEKRUP_REDIS_URL"
TEMPORAL_ADDRESS = "NYEKRUP_TEMPORAL_ADDRESS"
TEMPORAL_NAMESPACE = "NYEKRUP_TEMPORAL_NAMESPACE"


@dataclass(frozen=True, slots=True)
class Servers:
    """The addresses of the three servers; None means that the embedded one is used."""

    ports: Ports
    secrets: Secrets
    external_admin_url: str | None = None
    external_redis_url: str | None = None
    external_temporal: str | None = None
    temporal_namespace: str = NAMESPACE

    @classmethod
    def choose(cls, ports: Ports, secrets: Secrets, env: Mapping[str, str] = os.environ) -> "Servers":
        """Return what *env* asks for. Raises SettingMissing for an external database without an administrator's URL."""
        temporal = env.get(TEMPORAL_ADDRESS) or None
        namespace = env.get(TEMPORAL_NAMESPACE) if temporal else None
        redis = env.get(REDIS_URL) or None
        return cls(ports, secrets, _external_admin_url(env), redis, temporal, namespace or NAMESPACE)

    def programs(self, home: Home) -> list[Program]:
        """Return the embedded servers to start; nothing for a server that is external. Raises LocalError."""
        programs = []
        if self.external_admin_url is None:
            programs.append(postgres_program(home, self.ports, self.secrets))
        if self.external_redis_url is None:
            programs.append(valkey_program(home, self.ports, self.secrets))
        if self.external_temporal is None:
            programs.append(temporal_program(home, self.ports))
        return programs

    def settings(self, user: str) -> dict[str, str]:
        """Return the environment by which the part *user* reaches the servers; without a role no database."""
        settings = {REDIS_URL: self.redis_url(user), TEMPORAL_ADDRESS: self.temporal_address,
                    TEMPORAL_NAMESPACE: self.temporal_namespace}  # fmt: skip
        return {DATABASE_URL: self.database_url(user), **settings} if user in DATABASE_ROLES else settings

    def database_url(self, role: str) -> str:
        """Return the URL for one role, with its password; ``postgres`` is the embedded server's superuser."""
        admin_url = self.external_admin_url or f"postgresql://{self.ports.address('postgres')}/{DATABASE}"
        return _with_user(admin_url, role, self.secrets.postgres[role])

    def redis_url(self, user: str) -> str:
        """Return the URL for one user, ``admin`` may do everything; an external URL is the same for all."""
        embedded = f"redis://{user}:{self.secrets.valkey.get(user, '')}@{self.ports.address('valkey')}/0"
        return self.external_redis_url or embedded

    @property
    def temporal_address(self) -> str:
        return self.external_temporal or self.ports.address("temporal")


def _external_admin_url(env: Mapping[str, str]) -> str | None:
    """Return the administrator's URL for the product's database, whose name NYEKRUP_DATABASE_URL may choose."""
    admin, plain = env.get(ADMIN_URL), env.get(DATABASE_URL)
    if not admin and not plain:
        return None
    if not admin:
        raise SettingMissing(given=DATABASE_URL, missing=ADMIN_URL)
    name = urlsplit(plain or "").path.strip("/") or DATABASE
    return urlunsplit(urlsplit(admin)._replace(path=f"/{name}"))


def _with_user(url: str, user: str, password: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{user}:{password}@{parts.netloc.rpartition('@')[2]}"))
