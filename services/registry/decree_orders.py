"""What a decree says about codes of areas, as a caller sends it."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from services.contracts.ids import RegionCode
from services.kit.http import Body
from services.registry.orders import Code, Name
from services.registry.regions import RegionLevel, level_of, parents

MOST_CHANGES = 2_000
LEVELS = {RegionLevel.KECAMATAN: 3, RegionLevel.DESA: 4, RegionLevel.KELURAHAN: 4}
"""The areas that a decree may renumber, and how many blocks their codes have."""


class Change(Body):
    """*old* gets the code *new*, and the name, if it has another one now; without *old* the area is a new one."""

    old: Code | None = None
    new: Code
    name: Name | None = None

    @property
    def level(self) -> RegionLevel:
        return level_of(self.new)

    @property
    def parent(self) -> RegionCode:
        return parents(self.new)[0]

    @model_validator(mode="after")
    def _one_level(self) -> Self:
        levels = {LEVELS.get(level_of(code)) for code in (self.old, self.new) if code is not None}
        if len(levels) != 1 or None in levels:
            raise ValueError("both codes have to be of villages, or both of kecamatan")
        return self


class Decree(Body):
    """*decree*: its number and date, as an office would cite it; *effective*: the first day of the new codes."""

    decree: Annotated[str, Field(min_length=1, max_length=200, examples=["Perda Kab. Sidoarjo 4/2026"])]
    effective: date
    changes: Annotated[tuple[Change, ...], Field(min_length=1, max_length=MOST_CHANGES)]

    @model_validator(mode="after")
    def _each_code_once(self) -> Self:
        codes = [code for change in self.changes for code in (change.old, change.new) if code is not None]
        if len(codes) != len(set(codes)):
            raise ValueError("a code stands twice in the decree")
        return self

    @property
    def olds(self) -> list[RegionCode]:
        return [change.old for change in self.changes if change.old is not None]

    @property
    def news(self) -> list[RegionCode]:
        return [change.new for change in self.changes]

    def moves(self, *, villages: bool) -> dict[str, list[RegionCode]]:
        """Return the values `olds` and `news` of a statement: each village, or each kecamatan, and its new code."""
        moved = [(each.old, each.new) for each in self.changes if each.old and each.level.is_village is villages]
        return {"olds": [old for old, _ in moved], "news": [new for _, new in moved]}
