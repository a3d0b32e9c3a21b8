"""The machine that the figures belong to: without it they say nothing."""

import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import psycopg

from deploy.local.servers import Servers
from services.kit.streams import stream_client


async def describe_machine(servers: Servers, temporal_binary: Path) -> dict[str, Any]:
    """Return processor, cores, memory (GB), Python, the three servers' versions and the date (UTC)."""
    return {
        "cpu": cpu_model(),
        "cores": psutil.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
        "postgres": await _postgres(servers),
        "valkey": await _valkey(servers),
        "temporal": _temporal(temporal_binary),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def cpu_model() -> str:
    """Return what the processor calls itself."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


async def _postgres(servers: Servers) -> str:
    async with await psycopg.AsyncConnection.connect(servers.database_url("referral")) as connection:
        row = await (await connection.execute("SHOW server_version")).fetchone()
    return str(row[0]) if row else "unknown"


async def _valkey(servers: Servers) -> str:
    client = stream_client(servers.redis_url("admin"))
    try:
        facts = await client.info("server")
    finally:
        await client.aclose()
    return str(facts.get("valkey_version") or facts.get("redis_version"))


def _temporal(binary: Path) -> str:
    told = subprocess.run([str(binary), "--version"], capture_output=True, text=True, timeout=20, check=False).stdout
    return told.strip().removeprefix("temporal version ") or "unknown"
