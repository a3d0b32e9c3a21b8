"""The numbers that a family is known by: its KK, the ones that it had before, and what lists call it.

A KK number is an attribute with a period, never a key: several families carry one, and a family gets another one. The
present KK stands with the family itself; `family_paper` holds the earlier ones, and the lists' numbers.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert, text

from services.contracts.ids import new_id
from services.contracts.refusals import Refused
from services.contracts.wib import WIB
from services.kit.crypto import Keyring
from services.kit.database import Tx
from services.registry.context import Registry
from services.registry.families import kk_hash, kk_of
from services.registry.orders import NewPaper, PaperKind
from services.registry.tables import FamilyPaperRow

_OF_FAMILY = text(
    "SELECT id, kind, sealed, valid_from, valid_to FROM family_paper WHERE family = :family"
    " ORDER BY kind, valid_from DESC, recorded_at DESC"
)
_VALID = text(
    "SELECT id, hash, valid_from FROM family_paper WHERE family = :family AND kind = :kind AND valid_to IS NULL"
)
_END = text("UPDATE family_paper SET valid_to = :day WHERE id = :id")
_NEXT_KK = text(
    "UPDATE family SET kk_hash = :hash, sealed = :sealed, kk_from = :valid_from, kk_by = :by WHERE id = :family"
)

Period = Mapping[str, date | None]


def paper_hash(keyring: Keyring, kind: PaperKind, number: str) -> bytes:
    """Return the keyed hash by which a number is found. Raises Refused("registry.kk_invalid")."""
    return kk_hash(keyring, kk_of(number)) if kind is PaperKind.NO_KK else keyring.hash(kind.value, number)


async def of_family(keyring: Keyring, tx: Tx, row: Any) -> list[dict[str, Any]]:
    """Return PaperViews as dicts, with full numbers, of the family *row*: the KK that it has first."""
    earlier = [
        {
            "kind": each.kind,
            "number": keyring.open(each.sealed, belongs_to=_seal(each.id))["number"],
            "valid_from": each.valid_from,
            "valid_to": each.valid_to,
        }
        for each in await tx.execute(_OF_FAMILY, {"family": row.id})
    ]
    number = keyring.open(row.sealed, belongs_to=f"family/{row.id}")["no_kk"]
    if number is None:
        return earlier
    return [{"kind": PaperKind.NO_KK, "number": number, "valid_from": _kk_from(row), "valid_to": None}, *earlier]


async def keep_kk(registry: Registry, tx: Tx, row: Any, new: NewPaper, by: UUID) -> date:
    """Give the family *row*, which is held, another KK; the same again changes nothing. Returns since when it counts.

    Raises Refused for a malformed number, and for a day before the one from which the present KK counts.
    """
    keyring, kk = registry.keyring, kk_of(new.number)
    if row.kk_hash is not None and bytes(row.kk_hash) == kk_hash(keyring, kk):
        return _kk_from(row)
    sealed = keyring.open(row.sealed, belongs_to=f"family/{row.id}")
    if row.kk_hash is not None:
        _check_day(new.valid_from, _kk_from(row))
        period: Period = {"valid_from": _kk_from(row), "valid_to": new.valid_from}
        await _add(registry, tx, row.id, PaperKind.NO_KK, sealed["no_kk"], row.kk_by or row.recorded_by, period)
    resealed = keyring.seal({**sealed, "no_kk": kk.digits}, belongs_to=f"family/{row.id}")
    values = {"family": row.id, "hash": kk_hash(keyring, kk), "sealed": resealed}
    await tx.execute(_NEXT_KK, {**values, "valid_from": new.valid_from, "by": by})
    return new.valid_from


async def keep(registry: Registry, tx: Tx, family: UUID, kind: PaperKind, new: NewPaper, by: UUID) -> date:
    """Write what a list calls *family*; the same number again changes nothing. Returns since when it counts.

    Raises Refused for a day before the one from which the present number counts.
    """
    valid = (await tx.execute(_VALID, {"family": family, "kind": kind.value})).one_or_none()
    if valid is not None and bytes(valid.hash) == paper_hash(registry.keyring, kind, new.number):
        since: date = valid.valid_from
        return since
    if valid is not None:
        _check_day(new.valid_from, valid.valid_from)
        await tx.execute(_END, {"id": valid.id, "day": new.valid_from})
    await _add(registry, tx, family, kind, new.number, by, {"valid_from": new.valid_from, "valid_to": None})
    return new.valid_from


async def keep_all(
    registry: Registry, tx: Tx, family: UUID, numbers: Iterable[tuple[PaperKind, str]], day: date, by: UUID
) -> None:
    """Write what lists call *family* from *day* on."""
    for kind, number in numbers:
        await keep(registry, tx, family, kind, NewPaper(number=number, valid_from=day), by)


async def _add(
    registry: Registry, tx: Tx, family: UUID, kind: PaperKind, number: str, by: UUID, period: Period
) -> None:
    paper = new_id()
    row = {
        "id": paper,
        "family": family,
        "kind": kind.value,
        "hash": paper_hash(registry.keyring, kind, number),
        "sealed": registry.keyring.seal({"number": number}, belongs_to=_seal(paper)),
        "recorded_by": by,
        "recorded_at": registry.now(),
    }
    await tx.execute(insert(FamilyPaperRow).values({**row, **period}))


def _check_day(day: date, since: date) -> None:
    if day < since:
        raise Refused("registry.paper_too_early", since=since)


def _kk_from(row: Any) -> date:
    day: date = row.kk_from or row.recorded_at.astimezone(WIB).date()
    return day


def _seal(paper: UUID) -> str:
    return f"paper/{paper}"
