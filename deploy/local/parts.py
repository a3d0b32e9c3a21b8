"""Our own processes as programs to supervise, each with the settings it needs and no others."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from deploy.local.environment import module_argv, part_env
from deploy.local.home import Home
from deploy.local.ports import HOST, Ports
from deploy.local.precedence import NICENESS
from deploy.local.probe import answers_ready
from deploy.local.servers import Servers
from services.kit.process import Program


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the product: its *name* is its role, its user and its port; *module* is what ``python -m`` runs."""

    name: str
    module: str


REGISTRY = Part("registry", "services.registry")
REFERRAL = Part("referral", "services.referral")
NOTIFY = Part("notify", "services.notify")
WORKFLOWS = Part("workflows", "workflows")
CONSOLE = Part("console", "services.console")
PARTS = (REGISTRY, REFERRAL, NOTIFY, WORKFLOWS)
WITH_PAGES = (*PARTS, CONSOLE)


def part_settings(part: Part, home: Home, ports: Ports, servers: Servers, *, demo: bool) -> dict[str, str]:
    """Return the settings of one part as environment variables."""
    if part is CONSOLE:
        return _console_settings(home, ports, servers)
    own: dict[str, Callable[[], dict[str, str]]] = {
        "referral": lambda: _referral_settings(home),
        "registry": lambda: _registry_settings(home, demo=demo),
        "notify": lambda: {"NYEKRUP_SMTP_HOST": HOST, "NYEKRUP_SMTP_PORT": str(ports["mail"])} if demo else {},
    }
    return {
        **servers.settings(part.name),
        "NYEKRUP_HTTP_PORT": str(ports[part.name]),
        "NYEKRUP_KEYRING": str(home.keyring),
        "NYEKRUP_JWKS": str(home.jwks),
        **own.get(part.name, dict)(),
    }


def part_program(part: Part, home: Home, ports: Ports, settings: Mapping[str, str]) -> Program:
    """Return *part* as a program: ready when ``GET /ready`` answers 200."""
    return _program(part.name, part.module, home, ports[part.name], settings)


def mailbox_program(home: Home, ports: Ports) -> Program:
    """Return the demo's mailbox; its address is the page, mail goes to the port ``mail``."""
    settings = {
        "NYEKRUP_MAIL_DIR": str(home.folder("mail")),
        "NYEKRUP_SMTP_PORT": str(ports["mail"]),
        "NYEKRUP_MAIL_UI_PORT": str(ports["mail_ui"]),
    }
    return _program("mailbox", "deploy.local.mailbox", home, ports["mail_ui"], settings)


def _console_settings(home: Home, ports: Ports, servers: Servers) -> dict[str, str]:
    """The console has no database, and no key to what is in one."""
    urls = {part.name: f"http://{ports.address(part.name)}" for part in PARTS}
    ui = {} if servers.external_temporal else {"temporal": f"http://{ports.address('temporal_ui')}"}
    return {
        **{f"NYEKRUP_{name.upper()}_URL": url for name, url in urls.items()},
        "NYEKRUP_OPEN_URLS": json.dumps({**urls, **ui}),
        "NYEKRUP_REDIS_URL": servers.redis_url("console"),
        "NYEKRUP_HTTP_PORT": str(ports["console"]),
        "NYEKRUP_PUBLIC_URL": f"http://{ports.address('console')}",
        "NYEKRUP_SESSION_KEY": str(home.session_key),
    }


def _registry_settings(home: Home, *, demo: bool) -> dict[str, str]:
    settings = {"NYEKRUP_SIGNING_KEY": str(home.signing_key), "NYEKRUP_IMPORTS": str(home.folder("imports"))}
    return {**settings, "NYEKRUP_DEMO_ACCOUNTS": str(home.path / "demo-accounts.json")} if demo else settings


def _referral_settings(home: Home) -> dict[str, str]:
    return {"NYEKRUP_BOOKS_KEY": str(home.books_key), "NYEKRUP_BOOKS_JWKS": str(home.books_jwks)}


def _program(name: str, module: str, home: Home, port: int, settings: Mapping[str, str]) -> Program:
    async def ready() -> bool:
        return await answers_ready(port)

    return Program(
        name=name, kind="part", address=f"http://{HOST}:{port}", argv=module_argv(module), env=part_env(settings),
        cwd=home.folder("run"), log_file=home.log_file(name), ready=ready, niceness=NICENESS.get(name, 0),
    )  # fmt: skip
