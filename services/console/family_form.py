"""The form by which a family is recorded: what was typed, row by row, and what the registry said of it. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

MOST_ROWS = 30
_ROW = re.compile(r"m(\d{1,2})_id", re.ASCII)
_IN_ROW = re.compile(r"members\.(\d+)\.(\w+)", re.ASCII)
_TEXTS = ("name", "nik", "birth_date", "sex", "relation")


@dataclass(frozen=True, slots=True)
class Form:
    """*members*: each with its id; *typed*: the other fields."""

    typed: Mapping[str, str]
    members: tuple[Mapping[str, str], ...]

    @property
    def family(self) -> str:
        return self.typed["family"]


def blank(**typed: str) -> Form:
    """Return an empty form with one row; ids are made here, so that a lost answer never makes two families."""
    return Form({"family": str(uuid4()), **typed}, (new_row(relation="head", nik=typed.get("nik", "")),))


def new_row(**typed: str) -> dict[str, str]:
    return {"id": str(uuid4()), **typed}


def read(typed: Mapping[str, str]) -> Form:
    """Return what was sent. Raises ValueError for ids that no page made."""
    numbers = sorted(int(found[1]) for name in typed if (found := _ROW.fullmatch(name)))[:MOST_ROWS]
    members = tuple(_row(typed, f"m{number}_") for number in numbers)
    for made in (typed.get("family", ""), *(member["id"] for member in members)):
        UUID(made)
    return Form({name: value.strip() for name, value in typed.items() if not name.startswith("m")}, members)


def _row(typed: Mapping[str, str], start: str) -> dict[str, str]:
    return {name.removeprefix(start): value.strip() for name, value in typed.items() if name.startswith(start)}


def after(form: Form, then: str) -> Form:
    """Return *form* with one row more (`add`) or without one (`remove:2`); nothing typed is lost."""
    if then == "add" and len(form.members) < MOST_ROWS:
        return Form(form.typed, (*form.members, new_row()))
    if then.startswith("remove:") and len(form.members) > 1:
        gone = then.removeprefix("remove:")
        return Form(form.typed, tuple(each for at, each in enumerate(form.members) if str(at) != gone))
    return form


def body(form: Form) -> dict[str, Any]:
    """Return the family as the registry takes it; what was left empty is left out."""
    typed = form.typed
    filled = {name: typed[name] for name in ("region", "no_kk", "address") if typed.get(name)}
    members = [member_body(each) for each in form.members]
    return {"id": form.family, **filled, "restricted": bool(typed.get("restricted")), "members": members}


def member_body(row: Mapping[str, str]) -> dict[str, Any]:
    """Return one member as the registry takes it."""
    filled: dict[str, Any] = {name: row[name] for name in ("id", *_TEXTS, "mother") if row.get(name)}
    return filled | ({"pregnant": True} if row.get("pregnant") else {})


def faults(code: str, said: Mapping[str, Any], form: Form) -> dict[str, str]:
    """Return what is wrong by field of the form: `m1_nik`, `address`; as a code of the registry.

    *said*: all of the registry's answer.
    """
    facts = said.get("facts", {})
    if code == "registry.kk_invalid":
        return {"no_kk": str(facts.get("fault", ""))}
    if code == "registry.nik_invalid":
        at = next((at for at, each in enumerate(form.members) if each["id"] == facts.get("member")), 0)
        return {f"m{at}_nik": str(facts.get("fault", ""))}
    return {_field(each["at"]): each["problem"] for each in said.get("fields", ())}


def _field(at: str) -> str:
    found = _IN_ROW.search(at)
    return f"m{found[1]}_{found[2]}" if found else at.rpartition(".")[2]
