"""What can be broken: one function for each kind of fault, which lets it happen and pass."""

import time
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from services.cli.chaos.faults.clock import other_clock
from services.cli.chaos.faults.deployment import deployed, two_versions
from services.cli.chaos.faults.disk import full_disk
from services.cli.chaos.faults.events import broken, duplicated, shuffled
from services.cli.chaos.faults.network import cut, delayed, link_cut, replies_lost
from services.cli.chaos.faults.processes import frozen, killed
from services.cli.chaos.faults.valkey import flushed, read_only, restarted_with_data, restarted_without_data
from services.cli.chaos.ground import Ground
from services.cli.chaos.plan import Fault, Kind

Act = Callable[[Ground, Fault], Awaitable[None]]

ACTS: Mapping[Kind, Act] = MappingProxyType(
    {
        Kind.KILL: killed,
        Kind.FREEZE: frozen,
        Kind.FLUSH: flushed,
        Kind.RESTART_WITH_DATA: restarted_with_data,
        Kind.RESTART_WITHOUT_DATA: restarted_without_data,
        Kind.READ_ONLY: read_only,
        Kind.CUT: cut,
        Kind.DELAY: delayed,
        Kind.LOST_REPLY: replies_lost,
        Kind.FULL_DISK: full_disk,
        Kind.CLOCK: other_clock,
        Kind.DUPLICATES: duplicated,
        Kind.SHUFFLED: shuffled,
        Kind.BROKEN: broken,
        Kind.DEPLOYMENT: deployed,
        Kind.TWO_VERSIONS: two_versions,
        Kind.LINK_CUT: link_cut,
    }
)


async def happen(ground: Ground, fault: Fault) -> float:
    """Let *fault* happen and pass; return the moment (seconds since 1970) at which nothing is held broken any more."""
    await ACTS[fault.kind](ground, fault)
    return time.time()
