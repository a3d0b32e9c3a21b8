"""A referral as large as one that was just offered, for floors that send and store as many bytes."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from services.contracts.codes import Agency, ClockName, LegalBasis, Mark, Priority, Service
from services.contracts.events import Envelope, ReferralEvent
from services.contracts.ids import FamilyId, ReferralId, RegionCode, UnitId, new_id
from services.contracts.lifecycle import State
from services.contracts.snapshot import Due, NextMark, Snapshot


def offered_snapshot() -> dict[str, Any]:
    """Return the snapshot as JSON."""
    return _snapshot().model_dump(mode="json", exclude_none=True)


def offered_event() -> dict[str, Any]:
    """Return the event that tells of it, as JSON with its envelope."""
    event = ReferralEvent(fact="offered", snapshot=_snapshot())
    envelope = Envelope.around(event, id=new_id(), time=datetime.now(UTC), cause=None, correlation=new_id())
    return envelope.model_dump(mode="json", exclude_none=True)


def _snapshot() -> Snapshot:
    now = datetime.now(UTC)
    clock, mark = ClockName.ACKNOWLEDGE, Mark.HALF
    return Snapshot(
        referral_id=ReferralId(uuid4()),
        number="26-000001-0",
        version=2,
        state=State.OFFERED,
        attempt=1,
        family_id=FamilyId(uuid4()),
        unit_from=UnitId("dinsos-35.15.08"),
        unit_to=UnitId("bkkbn-35.15.08"),
        agency_from=Agency.DINSOS,
        service=Service.TPK_DAMPING,
        priority=Priority.NORMAL,
        region=RegionCode("35.15.08.2001"),
        restricted=False,
        basis=LegalBasis.PUBLIC_TASK,
        policy_version="standard-1",
        calendar_version="id-2026.1",
        asked=(UnitId("bkkbn-35.15.08"),),
        clocks=(Due(clock=clock, due_at=now, next_mark=mark, next_mark_at=now),),
        next_mark=NextMark(clock=clock, mark=mark, at=now),
    )
