"""Who else may read a family, because of a referral: derived from the newest snapshot, never from a single fact.

So duplicates, disorder and a lost event change nothing: whatever arrives last of the newest version decides.
Source: docs/lifecycle.md, who may read a family.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

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
SELECT referral_id, version, number, family_id, service, state, attempt, agency_from, unit_from, unit_to, restricted,
    outcome, closed_at
FROM jsonb_to_recordset(CAST(:snapshots AS jsonb)) AS snapshot(referral_id uuid, version bigint, number text,
    family_id uuid, service text, state text, attempt int, agency_from text, unit_from text, unit_to text,
    restricted boolean, outcome text, closed_at timestamptz)
ORDER BY referral_id
ON CONFLICT (referral) DO UPDATE SET version = excluded.version, state = excluded.state, attempt = excluded.attempt,
    service = excluded.service, unit_to = excluded.unit_to, restricted = excluded.restricted,
    outcome = excluded.outcome, closed_at = excluded.closed_at
WHERE referral_seen.version < excluded.version
RETURNING referral
""")
_KEPT: Final = {
    *("referral_id", "version", "number", "family_id", "service", "state", "attempt", "agency_from", "unit_from"),
    *("unit_to", "restricted", "outcome", "closed_at"),
}
# What has run out ended then: a grant that is opened again later is another disclosure.
_CLOSE = text("""
UPDATE access_grant SET closed_at = least(CAST(:now AS timestamptz), expires_at)
FROM unnest(CAST(:referrals AS uuid[]), CAST(:units AS text[])) AS called_for(referral, unit)
WHERE access_grant.referral = called_for.referral AND closed_at IS NULL
    AND (called_for.unit IS NULL OR access_grant.unit <> called_for.unit OR expires_at <= :now)
""")
_OPEN = text("""
INSERT INTO access_grant (family, unit, referral, purpose, assignee, opened_at, expires_at)
SELECT family, unit, referral, :purpose, assignee, :now, expires_at
FROM jsonb_to_recordset(CAST(:grants AS jsonb))
    AS called_for(family uuid, unit text, referral uuid, assignee uuid, expires_at timestamptz)
ORDER BY referral
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


async def learn(tx: Tx, *snapshots: Snapshot, now: datetime) -> list[Snapshot]:
    """Take in what the record says of referrals, each at most once; return those that were news."""
    told = json.dumps([snapshot.model_dump(mode="json", include=_KEPT) for snapshot in snapshots])
    written = set((await tx.execute(_SEEN, {"snapshots": told})).scalars())
    news = [snapshot for snapshot in snapshots if snapshot.referral_id in written]
    if news:
        await _settle(tx, news, now)
    for snapshot in news:
        if snapshot.state is State.STOPPING:
            await _tell_stop(tx, snapshot, now)
    return news


async def _settle(tx: Tx, snapshots: Sequence[Snapshot], now: datetime) -> None:
    """Close the grants that *snapshots* no longer call for, and open those that they do."""
    called_for = [(snapshot, wanted(snapshot, now)) for snapshot in snapshots]
    referrals = [snapshot.referral_id for snapshot, _ in called_for]
    units = [grant and grant.unit for _, grant in called_for]
    await tx.execute(_CLOSE, {"referrals": referrals, "units": units, "now": now})
    if opening := [_opened(snapshot, grant) for snapshot, grant in called_for if grant]:
        await tx.execute(_OPEN, {"grants": json.dumps(opening, default=str), "purpose": SERVICE, "now": now})


def _opened(snapshot: Snapshot, grant: Grant) -> dict[str, Any]:
    return {
        "family": snapshot.family_id,
        "unit": grant.unit,
        "referral": snapshot.referral_id,
        "assignee": grant.assignee,
        "expires_at": grant.expires_at,
    }


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
