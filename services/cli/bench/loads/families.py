"""Made-up families for the other loads to refer."""

from typing import Any
from uuid import uuid4

from services.cli.bench.loads.crew import Crew, share_out


async def record_families(crew: Crew, job: dict[str, Any]) -> dict[str, Any]:
    """Record *count* families in *village*; return their ids and the seconds it took."""
    families = [str(uuid4()) for _ in range(job["count"])]

    async def record(family: str) -> None:
        await crew.registry.post("/families", _family(family, job["village"]))

    return {"seconds": await share_out(families, job["clients"], record), "families": families}


def _family(family: str, village: str) -> dict[str, Any]:
    """Nobody's family: no number of a person, and a name that says that it is an example."""
    mother = {
        "id": str(uuid4()),
        "name": "Contoh Ibu",
        "birth_date": "1998-03-01",
        "sex": "female",
        "relation": "wife",
    }
    return {"id": family, "region": village, "address": "RT 01 RW 02", "members": [mother]}
