"""Keeping what was published: one event of every type for each release, and hashes of all that may never change.

`python -m tests.golden.keep v0.2` keeps events of the types that no release kept yet, and lists what is new.
A kept event is added and never changed: consumers of every later release have to take it.
"""

import hashlib
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid5

from services.contracts.codes import (
    Agency,
    ClockName,
    LegalBasis,
    Level,
    Mark,
    Outcome,
    ParkReason,
    Priority,
    Role,
    Service,
)
from services.contracts.events import (
    Envelope,
    Event,
    FamilyRecorded,
    NotifyStopped,
    OfficerChanged,
    OfficerLeft,
    ReferralEvent,
    RegistryStopped,
    UnitChanged,
)
from services.contracts.ids import FamilyId, OfficerId, ReferralId, RegionCode, UnitId
from services.contracts.lifecycle import FACTS, State
from services.contracts.snapshot import Due, NextMark, Recipient, Snapshot
from tests.golden.speaking import of_speaker_requests

TESTS = Path(__file__).parents[1]
EVENTS = Path(__file__).parent / "events"
MANIFEST = Path(__file__).parent / "MANIFEST"
FROZEN = (EVENTS, TESTS / "unit" / "released_schemas")

_NAMESPACE = UUID("6f1c1b1e-0000-4000-8000-000000000099")
_AT = datetime(2026, 11, 24, 3, tzinfo=UTC)
_SENDING, _ASKED = UnitId("dinsos-35.15.08"), UnitId("bkkbn-35.15.08")


def made_up(name: str) -> UUID:
    """Return the same id whenever it is asked for by the same name."""
    return uuid5(_NAMESPACE, name)


def full_snapshot(fact: str) -> Snapshot:
    """Return a snapshot in which nothing is left out."""
    clock = ClockName.ACKNOWLEDGE
    return Snapshot(
        referral_id=ReferralId(made_up(fact)),
        number="R-26-000099-0",
        version=3,
        state=State.OFFERED,
        attempt=1,
        family_id=FamilyId(made_up("family")),
        unit_from=_SENDING,
        unit_to=_ASKED,
        agency_from=Agency.DINSOS,
        service=Service.TPK_DAMPING,
        priority=Priority.HIGH,
        region=RegionCode("35.15.08.2001"),
        restricted=False,
        basis=LegalBasis.PUBLIC_TASK,
        policy_version="standard-1",
        calendar_version="id-2026.1",
        assignee=OfficerId(made_up("officer")),
        asked=(_ASKED,),
        parked=next(iter(ParkReason)),
        clocks=(Due(clock=clock, due_at=_AT, next_mark=Mark.HALF, next_mark_at=_AT),),
        next_mark=NextMark(clock=clock, mark=Mark.HALF, at=_AT),
        reason="no_capacity",
        outcome=Outcome.SERVED_FULL,
        closed_at=_AT,
    )


def bare_snapshot() -> Snapshot:
    """Return a snapshot of which only what must be there is."""
    full = full_snapshot("bare")
    required = {name for name, field in Snapshot.model_fields.items() if field.is_required()}
    return Snapshot.model_validate({**full.model_dump(include=required), "state": State.TRIAGE, "version": 2})


def examples() -> Iterator[tuple[str, Event]]:
    """Yield a name and an event for every type that is published today."""
    told = (Recipient(unit=_SENDING), Recipient(unit=_ASKED, role=Role.SUPERVISOR))
    for fact in sorted(FACTS):
        event = ReferralEvent(
            fact=fact, snapshot=full_snapshot(fact), told=told, clock=ClockName.ACKNOWLEDGE, mark=Mark.HALF
        )
        yield event.type, event
    yield "referral.submitted.v1-bare", ReferralEvent(fact="submitted", snapshot=bare_snapshot())
    yield from of_speaker_requests()
    for other in _of_the_registry(), (NotifyStopped(referral=ReferralId(made_up("stopped")), version=6),):
        yield from ((event.type, event) for event in other)


def _of_the_registry() -> tuple[Event, ...]:
    officer, village = OfficerId(made_up("officer")), RegionCode("35.15.08.2001")
    place = {"agency": Agency.BKKBN, "unit": UnitId("bkkbn-35.15.99"), "region": RegionCode("35.15.99")}
    return (
        UnitChanged(
            **place, version=1, level=Level.KECAMATAN, parent=UnitId("bkkbn-35.15"), title="Balai Penyuluhan KB",
            services=(Service.TPK_DAMPING, Service.KIE), places={Service.KIE: 3},
        ),
        OfficerChanged(
            version=1, officer=officer, staff_no="PKB-99", unit=place["unit"], role=Role.OFFICER, language="id",
            village=village, contact="c2VhbGVk",
        ),
        FamilyRecorded(
            version=1, family=FamilyId(made_up("family")), region=village, agency=Agency.DINSOS, unit=_SENDING,
            restricted=False,
        ),
        RegistryStopped(version=6, referral=ReferralId(made_up("stopped"))),
        OfficerLeft(version=2, officer=officer, unit=place["unit"]),
    )  # fmt: skip


def message(name: str, event: Event) -> str:
    envelope = Envelope.around(
        event, id=made_up(f"event {name}"), time=_AT, cause=made_up("cause"), correlation=made_up("correlation")
    )
    return envelope.model_dump_json(exclude_none=True, indent=2) + "\n"


def hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def frozen() -> dict[str, str]:
    """Return the hash of every file that may never change, by its path under `tests`."""
    files = (path for folder in FROZEN for path in folder.rglob("*.json"))
    return {path.relative_to(TESTS).as_posix(): hash_of(path) for path in files}


def listed() -> dict[str, str]:
    lines = MANIFEST.read_text().splitlines() if MANIFEST.exists() else []
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def keep(release: str) -> None:
    """Keep an event of each type that no release kept; add to the manifest what it does not list."""
    known = {path.stem for path in EVENTS.rglob("*.json")}
    for name, event in examples():
        if name not in known:
            path = EVENTS / release / f"{name}.json"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(message(name, event))
    new = sorted(frozen().items() - listed().items())
    with MANIFEST.open("a") as manifest:
        manifest.writelines(f"{digest}  {name}\n" for name, digest in new)


if __name__ == "__main__":
    keep(sys.argv[1])
