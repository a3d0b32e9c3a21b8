"""What the book of the speakers counts: requested = open + held + not held, by reason. Read from the stories' lines."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.contracts.books import Account
from services.contracts.codes import Agency
from services.contracts.ids import RegionCode
from services.contracts.speaking.codes import NotHeld
from services.kit.database import Tx

# The agency and the kabupaten or kota of the asking unit, which stays what it was.
_ACCOUNT: Final = "request.agency_from AS agency, left(request.region, 5) AS area"
# A request that has ended stays ended, so its reason is the one that it ended with. The condition is that of an index.
_MOVED: Final = f"""
SELECT {_ACCOUNT},
    CASE WHEN line.fact = 'requested' THEN 'submitted' WHEN line.state = 'held' THEN 'closed' ELSE 'cancelled' END
        AS counted_in,
    CASE WHEN line.state = 'not_held' THEN request.not_held END AS reason, count(*) AS many
FROM speaker_line AS line
JOIN speaker_request AS request ON request.id = line.request
WHERE (line.fact = 'requested' OR line.state IN ('held', 'not_held'))
    AND line.at >= %(since)s AND line.at < %(until)s
GROUP BY 1, 2, 3, 4
"""
LIVE_REQUESTS: Final = f"""
SELECT {_ACCOUNT}, count(*) AS live FROM speaker_request AS request WHERE request.closed_at IS NULL GROUP BY 1, 2
"""
FIRST_REQUESTED: Final = "SELECT min(at) FROM speaker_line WHERE fact = 'requested' OR state IN ('held', 'not_held')"


@dataclass(frozen=True, slots=True)
class RequestsMoved:
    """*count* requests of *account* came or ended; *column*: as the lines of all books call it."""

    account: Account
    column: str
    reason: NotHeld | None
    count: int


async def requests_moved(tx: Tx, since: datetime, until: datetime) -> list[RequestsMoved]:
    """Return every step from *since* until before *until* that the book counts."""
    rows = await tx.exec_driver_sql(_MOVED, {"since": since, "until": until})
    return [
        RequestsMoved(
            account=(Agency(row.agency), RegionCode(row.area)),
            column=row.counted_in,
            reason=NotHeld(row.reason) if row.reason else None,
            count=row.many,
        )
        for row in rows
    ]
