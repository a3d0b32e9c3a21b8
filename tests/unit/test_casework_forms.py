"""The pure parts of the caseworkers' and supervisors' pages."""

from typing import Any
from uuid import uuid4

import pytest

from services.console import assigning, family_form
from services.console.assigning import Picked
from services.console.choosing import Choices
from services.console.story import told_with

MESSAGE = {"channel": "app", "unit": "bkkbn-35.15.08", "role": "officer", "people": 2}


def _sent(**typed: str) -> dict[str, str]:
    rows = {"m0_id": str(uuid4()), "m0_name": " Contoh Ibu ", "m0_sex": "female", "m2_id": str(uuid4()), "m2_nik": "1"}
    return {"family": str(uuid4()), "address": "Jalan 1", "no_kk": "", **rows, **typed}


def test_what_was_typed_is_read_by_rows_and_what_is_empty_is_left_out() -> None:
    form = family_form.read(_sent(m0_pregnant="1", restricted=""))
    body = family_form.body(form)
    assert [each.get("name") for each in body["members"]] == ["Contoh Ibu", None]
    assert body["members"][0]["pregnant"] is True
    assert body["address"] == "Jalan 1"
    assert body["restricted"] is False
    assert not {"no_kk", "region"} & set(body)


def test_a_row_is_added_or_taken_away_and_the_others_stay() -> None:
    form = family_form.read(_sent())
    more = family_form.after(form, "add")
    assert more.members[:2] == form.members
    assert len(more.members) == 3
    assert family_form.after(more, "remove:1").members == (more.members[0], more.members[2])
    assert family_form.after(form, "remove:x") == form
    single = family_form.blank(nik="12")
    assert family_form.after(single, "remove:0") == single
    assert single.members[0]["nik"] == "12"


@pytest.mark.parametrize("typed", [{"family": "x"}, {"m0_id": "x"}])
def test_an_id_that_no_page_made_is_no_form(typed: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="hexadecimal"):
        family_form.read(_sent(**typed))


def test_each_fault_stands_at_its_field() -> None:
    form = family_form.read(_sent())
    wrong: dict[str, Any] = {"fields": [{"at": "body.members.1.birth_date", "problem": "missing"},
                                        {"at": "body.region", "problem": "missing"}]}  # fmt: skip
    assert family_form.faults("request.invalid", wrong, form) == {"m1_birth_date": "missing", "region": "missing"}
    of = {"facts": {"fault": "serial_0000", "member": form.members[1]["id"]}}
    assert family_form.faults("registry.nik_invalid", of, form) == {"m1_nik": "serial_0000"}
    assert family_form.faults("registry.kk_invalid", of, form) == {"no_kk": "serial_0000"}


def test_messages_stand_with_the_event_that_made_them_the_newest_first() -> None:
    timeline = [{"version": 1, "fact": "created"}, {"version": 2, "fact": "offered"}]
    messages = [{**MESSAGE, "version": 2, "delivery": each} for each in ("delivered", "failed", "waiting")]
    newest, oldest = told_with(timeline, messages)
    assert (newest["fact"], newest["worst"], len(newest["messages"])) == ("offered", "failed", 3)
    assert (oldest["worst"], oldest["messages"]) == ("", [])


def test_what_was_ticked_is_read_once_each_in_the_version_that_was_seen() -> None:
    picked = Picked(uuid4(), 7, "26-000412-9")
    assert assigning.read([str(picked), str(picked)]) == [picked]
    for nonsense in ("", "x:1:y", f"{uuid4()}:z:1"):
        with pytest.raises(ValueError, match=r"."):
            assigning.read([nonsense])


class _Directory:
    """Answers as the registry does, for one service."""

    def __init__(self, units: dict[str, dict[str, Any]]) -> None:
        self.units = units

    async def get(self, _: str, path: str, **asked: Any) -> Any:
        if path != "/units":
            return self.units[path.removeprefix("/units/")]
        region, found = asked["region"], self.units.values()
        return {"units": [each for each in found if region is None or each["region"].startswith(region)]}


def _unit(unit: str, level: str, parent: str | None) -> dict[str, Any]:
    region = unit.partition("-")[2]
    return {"id": unit, "level": level, "region": region, "parent": parent, "title": unit, "services": ["KIE"]}


async def test_units_to_choose_from_are_the_familys_own_and_those_above_nearest_first() -> None:
    units = [
        _unit("bkkbn-35", "provinsi", None), _unit("bkkbn-35.15", "kabkota", "bkkbn-35"),
        _unit("bkkbn-35.15.08", "kecamatan", "bkkbn-35.15"), _unit("bkkbn-35.15.09", "kecamatan", "bkkbn-35.15"),
    ]  # fmt: skip
    api: Any = _Directory({each["id"]: each for each in units})
    choices = Choices()
    referral = {"service": "KIE", "region": "35.15.08.2001", "asked": []}
    assert [each["id"] for each in await choices.units_for(api, referral)] == [
        "bkkbn-35.15.08",
        "bkkbn-35.15",
        "bkkbn-35",
    ]
    asked = {**referral, "asked": ["bkkbn-35.15.08"]}
    assert [each["id"] for each in await choices.units_for(api, asked)] == ["bkkbn-35.15", "bkkbn-35"]
    assert await choices.units_for(api, {**referral, "service": None}) == []


async def test_institutions_are_chosen_from_the_whole_province() -> None:
    units = [{**_unit(f"upt-{area}", "upt", "dinsos-35"), "region": area} for area in ("35.15", "35.72")]
    api: Any = _Directory({each["id"]: each for each in units})
    referral = {"service": "UPT-PSBR", "region": "35.15.08.2001", "asked": []}
    assert [each["id"] for each in await Choices().units_for(api, referral)] == ["upt-35.15", "upt-35.72"]
