"""Recording families: what is checked, what is refused, and that nobody is recorded twice."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from tests.integration.registry_fixtures import (
    DINSOS_KAB,
    PKB,
    TKSK,
    TKSK_2,
    TPK,
    RunningRegistry,
    new_family,
    new_member,
    new_nik,
    now,
    recorded,
    refusal,
    registry,
)

__all__ = ["registry"]


async def test_a_recorded_family_is_told_of_by_ids_and_codes_only(registry: RunningRegistry) -> None:
    family = await recorded(registry, restricted=True)
    assert await registry.facts("family_recorded", family["id"]) == [
        {
            "version": 1,
            "family": family["id"],
            "region": "35.15.08.2001",
            "agency": "dinsos",
            "unit": "dinsos-35.15.08",
            "restricted": True,
        }
    ]


async def test_recording_the_same_family_twice_is_recording_it_once(registry: RunningRegistry) -> None:
    family, key = new_family(), uuid4()
    first = await registry.post("/families", TKSK, family, key=key)
    same_key = await registry.post("/families", TKSK, family, key=key)
    other_key = await registry.post("/families", TKSK, family)
    assert first.json() == same_key.json() == other_key.json()
    assert len(await registry.facts("family_recorded", family["id"])) == 1
    changed = {**family, "address": "Jalan Lain 2"}
    assert refusal(await registry.post("/families", TKSK, changed, key=key)) == (409, "request.key_reused")
    assert refusal(await registry.post("/families", TKSK, changed)) == (409, "registry.family_exists")
    assert refusal(await registry.post("/families", TKSK_2, family)) == (409, "registry.family_exists")


async def test_what_looks_odd_about_a_nik_is_said_and_never_refused(registry: RunningRegistry) -> None:
    member = new_member(nik=new_nik(day=55), birth_date="1991-01-15")
    answer = await registry.post("/families", TKSK, new_family(members=[member, new_member(nik=None)]))
    assert answer.status_code == 201
    assert answer.json()["warnings"] == [
        {"member": member["id"], "code": code} for code in ("region_differs", "birth_date_differs", "sex_differs")
    ]


@pytest.mark.parametrize(
    ("nik", "fault"),
    [
        ("35019915019000", "not_16_digits"),
        ("3.50199E+15", "rounded_by_spreadsheet"),
        ("3501993502900001", "day_or_month"),
        ("3501991501900000", "serial_0000"),
        ("35019915019OOOO1", "has_letters"),
    ],
)
async def test_a_malformed_nik_is_refused_with_its_fault_and_never_repeated(
    registry: RunningRegistry, nik: str, fault: str
) -> None:
    member = new_member(nik=nik)
    answer = await registry.post("/families", TKSK, new_family(members=[member]))
    assert refusal(answer) == (422, "registry.nik_invalid")
    assert answer.json()["facts"] == {"fault": fault, "member": member["id"]}
    assert nik not in answer.text
    searched = await registry.post("/families/search", TKSK, {"nik": nik})
    assert (searched.json()["code"], searched.json()["facts"]) == ("registry.nik_invalid", {"fault": fault})


async def test_a_malformed_kk_or_body_is_refused_without_repeating_what_was_sent(registry: RunningRegistry) -> None:
    kk = await registry.post("/families", TKSK, new_family(no_kk="3515-12"))
    assert (refusal(kk), kk.json()["facts"]) == ((422, "registry.kk_invalid"), {"fault": "not_16_digits"})
    for broken in (
        new_family(members=[new_member(mother=str(uuid4()))]),
        new_family(members=[new_member(birth_date="Rahasia")]),
        new_family(members=[new_member(birth_date=str(now().date() + timedelta(days=3)))]),
        new_family(members=[]),
        {**new_family(), "nama": "Rahasia"},
    ):
        answer = await registry.post("/families", TKSK, broken)
        assert refusal(answer) == (422, "request.invalid")
        assert "Rahasia" not in answer.text


async def test_a_family_is_recorded_where_one_works_and_nowhere_else(registry: RunningRegistry) -> None:
    outside = new_family("35.15.14.2001")
    assert refusal(await registry.post("/families", TKSK, outside)) == (403, "registry.region_outside_area")
    assert (await registry.post("/families", DINSOS_KAB, outside)).status_code == 201
    for unknown in ("35.15.08.2999", "35.15.08"):
        answer = await registry.post("/families", TKSK, new_family(unknown))
        assert refusal(answer) == (422, "registry.region_unknown")


async def test_a_village_teams_member_records_and_reads_in_the_own_desa_only(registry: RunningRegistry) -> None:
    own = await recorded(registry, TPK)
    elsewhere = await recorded(registry, PKB, region="35.15.08.2002")
    assert (await registry.get(f"/families/{own['id']}", TPK)).status_code == 200
    assert refusal(await registry.get(f"/families/{elsewhere['id']}", TPK)) == (404, "registry.family_not_found")
    answer = await registry.post("/families", TPK, new_family("35.15.08.2002"))
    assert refusal(answer) == (403, "registry.region_outside_area")


async def test_an_agency_knows_a_nik_once_and_the_other_agency_may_know_it_too(registry: RunningRegistry) -> None:
    nik = new_nik()
    await recorded(registry, TKSK, members=[new_member(nik=nik)])
    again = new_family(members=[new_member(nik=f"{nik[:6]} {nik[6:12]}-{nik[12:]}")])
    assert refusal(await registry.post("/families", TKSK, again)) == (409, "registry.nik_taken")
    await recorded(registry, PKB, members=[new_member(nik=nik)])
    twice = new_family(members=[new_member(nik=new_nik())] * 1 + [new_member(nik=nik), new_member(nik=nik)])
    assert refusal(await registry.post("/families", TKSK, twice)) == (409, "registry.nik_taken")


async def test_of_several_who_record_one_nik_at_the_same_moment_one_succeeds(registry: RunningRegistry) -> None:
    nik = new_nik()
    families = [new_family(members=[new_member(nik=nik)]) for _ in range(6)]
    answers = await asyncio.gather(*(registry.post("/families", TKSK, family) for family in families))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]
    refused = next(answer for answer in answers if answer.status_code == 409)
    assert refused.json()["code"] == "registry.nik_taken"
    told = [await registry.facts("family_recorded", family["id"]) for family in families]
    assert sum(map(len, told)) == 1
