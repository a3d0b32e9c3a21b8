"""What becomes of speaker requests when somebody leaves."""

from typing import Final

from services.contracts.ids import OfficerId, SpeakerRequestId, UnitId
from services.contracts.speaking.lifecycle import SpeakerAction
from services.kit.database import Tx
from services.referral.actors import SYSTEM
from services.referral.speaking.ledger import write_step
from services.referral.speaking.repository import SpeakerRequests
from services.referral.speaking.transition import act_by_system
from services.referral.speaking.usecases import scene_of
from services.referral.usecases import Record

# All of them are locked before the first hour is given back: whoever acts on one locks in the same order.
_SPEAKS: Final = """
SELECT id FROM speaker_request WHERE speaker = %(officer)s AND closed_at IS NULL
    AND state IN ('proposed', 'countered', 'agreed', 'reporting')
    AND (CAST(%(unit)s AS text) IS NULL OR speaker_unit IS DISTINCT FROM %(unit)s) ORDER BY id FOR UPDATE
"""


async def speaker_gone(record: Record, tx: Tx, officer: OfficerId, *, but_of: UnitId | None = None) -> None:
    """Have the units name another speaker where *officer* was to speak, except for the unit *but_of*."""
    for each in (await tx.exec_driver_sql(_SPEAKS, {"officer": officer, "unit": but_of})).scalars().all():
        request = await SpeakerRequests(tx).get(SpeakerRequestId(each), lock=True)
        scene = scene_of(record, request, await record.picture.now(tx))
        step = act_by_system(request, SpeakerAction.SPEAKER_LEFT, scene)
        await write_step(tx, step, SYSTEM, record.keyring, now=scene.now)
