"""Whether a decree fits the areas as they are: all of it is looked at before anything is changed."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import text

from services.contracts.ids import RegionCode
from services.contracts.refusals import Refused
from services.kit.database import Tx
from services.registry.decree_orders import Change, Decree
from services.registry.renumbering import all_changes, newest

_KNOWN = text("SELECT code, name, valid_to IS NULL AS valid FROM region WHERE code = ANY(:codes)")
_BELOW = text("SELECT code, parent FROM region WHERE parent = ANY(:codes) AND valid_to IS NULL")
_LIVED_IN = text("""
SELECT code FROM unnest(CAST(:codes AS varchar[])) AS code
WHERE EXISTS (SELECT FROM family WHERE region = code) OR EXISTS (SELECT FROM officer WHERE village = code)
    OR EXISTS (SELECT FROM listed_person WHERE region = code)
""")

Known = Mapping[RegionCode, Any]


class Fault(StrEnum):
    """Why a line of a decree does not fit. `left_behind`: areas below an old code that the decree does not name."""

    OLD_UNKNOWN = "old_unknown"
    OLD_REPLACED_BEFORE = "old_replaced_before"
    NEW_IN_USE = "new_in_use"
    PARENT_UNKNOWN = "parent_unknown"
    ANOTHER_KABKOTA = "another_kabkota"
    NAME_MISSING = "name_missing"
    LEFT_BEHIND = "left_behind"


async def check(tx: Tx, decree: Decree) -> Known:
    """Return the areas that the decree speaks of, as far as they are known, by code.

    Raises Refused("registry.decree_unsound") with every line that does not fit.
    """
    codes = [*decree.olds, *decree.news, *(change.parent for change in decree.changes)]
    known = {row.code: row for row in await tx.execute(_KNOWN, {"codes": codes})}
    replaced = newest(await all_changes(tx)).keys()
    lived_in = set((await tx.execute(_LIVED_IN, {"codes": decree.news})).scalars())
    below = (await tx.execute(_BELOW, {"codes": decree.olds})).all()
    left_behind = {row.parent for row in below if row.code not in decree.olds}
    fields = [
        {"at": f"body.changes.{number}.{change.old or change.new}", "problem": fault.value}
        for number, change in enumerate(decree.changes)
        for fault in (*_of_old(change, known, replaced, left_behind), *_of_new(change, decree, known, lived_in))
    ]
    if fields:
        raise Refused("registry.decree_unsound", fields=fields)
    return known


def _of_old(change: Change, known: Known, replaced: Any, left_behind: set[RegionCode]) -> Iterator[Fault]:
    # The list may have ended a code before anybody entered the decree: such a one is still to be replaced.
    if change.old is None:
        return
    if change.old not in known:
        yield Fault.OLD_UNKNOWN
    if change.old in replaced:
        yield Fault.OLD_REPLACED_BEFORE
    if change.old in left_behind:
        yield Fault.LEFT_BEHIND


def _of_new(change: Change, decree: Decree, known: Known, lived_in: set[str]) -> Iterator[Fault]:
    if change.new in lived_in:
        yield Fault.NEW_IN_USE
    parent = known.get(change.parent)
    stays = parent is not None and parent.valid and change.parent not in decree.olds
    if not stays and change.parent not in decree.news:
        yield Fault.PARENT_UNKNOWN
    # The books count by the kabupaten of the office that sent, which has to stay what it was.
    if change.old is not None and not change.level.is_village and change.old[:5] != change.new[:5]:
        yield Fault.ANOTHER_KABKOTA
    if not any((change.name, change.old, change.new in known)):
        yield Fault.NAME_MISSING
