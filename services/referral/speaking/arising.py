"""Referrals that arise from a session: somebody of the group needs more than a talk."""

from typing import Final

from services.contracts.ids import SpeakerRequestId, UnitId
from services.contracts.refusals import Refused
from services.kit.database import Tx

_ITS_SIDES: Final = """
SELECT 1 FROM speaker_session WHERE request = %(request)s AND status IN ('over', 'held')
    AND %(unit)s IN (unit_from, unit_to) LIMIT 1
"""


async def check_arose(tx: Tx, request: SpeakerRequestId, unit: UnitId) -> None:
    """Raise Refused unless *unit* is a side of *request*, one of whose sessions has been."""
    if (await tx.exec_driver_sql(_ITS_SIDES, {"request": request, "unit": unit})).scalar() is None:
        raise Refused("speaking.arose_unknown")
