"""How fast one relay and one consumer are, against bare pipelines and bare FastStream with a transaction."""

from collections.abc import Sequence
from statistics import median

from services.cli.bench.figures import Figure
from services.cli.bench.ground import Ground
from services.cli.bench.sizes import Size

FLOOR = "services.cli.bench.floors.delivery"


async def measure_delivery(ground: Ground, size: Size) -> Sequence[Figure]:
    """Return `relay_rate` and `consumer_rate`: medians over rounds that alternate with their floors."""
    ground.tell(f"{size.events} events through one relay and one consumer, {size.rounds} times")
    servers = ground.stack.servers
    job = {
        "count": size.events,
        "rounds": size.rounds,
        "database_url": servers.database_url("postgres"),
        "redis_url": servers.redis_url("admin"),
        "nowhere": str(ground.folder / "nowhere"),
    }
    rounds = (await ground.process(FLOOR, job))["rounds"]
    relayed, added, consumed, received = (
        median(each[name] for each in rounds) for name in ("relayed", "added", "consumed", "received")
    )
    return (
        Figure("relay_rate", relayed, "events/s", added),
        Figure("consumer_rate", consumed, "events/s", received),
    )
