"""Who else may read a family, because of a referral: derived from the newest snapshot, never from a single fact.

So duplicates, disorder and a lost event change nothing: whatever arrives last of the newest version decides.
Source: docs/lifecycle.md, who may read a family.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import text

from services.contracts.events import RegistryStopped
from services.contracts.ids import FamilyId, UnitId
from services.contracts.lifecycle import State
from services.contracts.reading import Grant, wanted
from services.contracts.snapshot import Snapshot
from services.kit import outbox
from services.kit.auth import Caller
from services.kit.database import Tx

SERVICE = "service"

_SEEN = text("""
INSERT INTO referral_seen (referral, version, number, family, service, state, attempt, agency_from, unit_from, unit_to,
    restricted, outcome, closed_at)
VALUES (:referral_id, :version, :number, :family_id, :service, :state, :attempt, :agency_from, :unit_from, :unit_to,
    :restricted, :outcome, :closed_at)
ON CONFLICT (referral) DO UPDATE SET version = excluded.version, state = excluded.state, attempt = excluded.attempt,
    service = excluded.service, unit_to = excluded.unit_to, restricted = excluded.restricted,
    outcome = excluded.outcome, closed_at = excluded.closed_at
WHERE referral_seen.version < excluded.version
""")
# What has run out ended then: a grant that is opened again later is another disclosure.
_CLOSE = text(
    "UPDATE access_grant SET closed_at = least(CAST(:now AS timestamptz), expires_at)"
    " WHERE referral = :referral AND closed_at IS NULL"
    " AND (CAST(:unit AS text) IS NULL OR unit <> :unit OR expires_at <= :now)"
)
_OPEN = text("""
INSERT INTO access_grant (family, unit, referral, purpose, assignee, opened_at, expires_at)
VALUES (:family, :unit, :referral, :purpose, :assignee, :now, :expires_at)
ON CONFLICT (referral) WHERE closed_at IS NULL
DO UPDATE SET assignee = excluded.assignee, expires_at = excluded.expires_at
""")
_TELL_STOP = text("UPDATE referral_seen SET stop_told = true WHERE referral = :referral AND NOT stop_told")
_FOR = text(
    "SELECT unit, assignee FROM access_grant WHERE family = :family AND unit = :unit AND closed_at IS NULL"
    " AND (expires_at IS NULL OR expires_at > :now)"
)
_HISTORY = text(
    "SELECT referral, number, service, state, agency_from, unit_from, unit_to, outcome, closed_at FROM referral_seen"
    " WHERE family = :family AND state NOT IN ('draft', 'void') AND NOT restricted"
    " AND (agency_from = :agency OR unit_to = :unit) ORDER BY referral DESC LIMIT 100"
)


async def learn(tx: Tx, snapshot: Snapshot, *, now: datetime) -> bool:
    """Take in what the record says of a referral; False where something newer was heard before."""
    if (await tx.execute(_SEEN, _seen(snapshot))).rowcount == 0:
        return False
    await _settle(tx, snapshot, now)
    if snapshot.state is State.STOPPING:
        await _tell_stop(tx, snapshot, now)
    return True


def _seen(snapshot: Snapshot) -> dict[str, Any]:
    return {
        **snapshot.model_dump(include={"referral_id", "version", "number", "family_id", "attempt", "unit_from"}),
        **snapshot.model_dump(include={"unit_to", "restricted", "closed_at"}),
        **snapshot.model_dump(mode="json", include={"service", "state", "agency_from", "outcome"}),
    }


async def _settle(tx: Tx, snapshot: Snapshot, now: datetime) -> None:
    grant = wanted(snapshot, now)
    await tx.execute(_CLOSE, {"referral": snapshot.referral_id, "unit": grant.unit if grant else None, "now": now})
    if grant is None:
        return
    values = {"unit": grant.unit, "assignee": grant.assignee, "expires_at": grant.expires_at}
    await tx.execute(
        _OPEN,
        {**values, "family": snapshot.family_id, "referral": snapshot.referral_id, "purpose": SERVICE, "now": now},
    )


async def _tell_stop(tx: Tx, snapshot: Snapshot, now: datetime) -> None:
    """Say, once for a referral, that no unit reads the family any more because of it."""
    told = await tx.execute(_TELL_STOP, {"referral": snapshot.referral_id})
    if told.rowcount:
        await outbox.write(tx, RegistryStopped(version=snapshot.version, referral=snapshot.referral_id), now=now)


async def grants_for(tx: Tx, family: FamilyId, unit: UnitId, *, now: datetime) -> list[Grant]:
    """Return the grants by which *unit* may read *family* now."""
    rows = await tx.execute(_FOR, {"family": family, "unit": unit, "now": now})
    return [Grant(row.unit, row.assignee) for row in rows]


async def history(tx: Tx, family: FamilyId, caller: Caller) -> list[dict[str, Any]]:
    """Return the family's referrals that the caller's agency sent or the caller's unit got, newest first."""
    values = {"family": family, "agency": caller.agency.value, "unit": caller.unit}
    return [dict(row) for row in (await tx.execute(_HISTORY, values)).mappings()]
