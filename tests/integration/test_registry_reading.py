"""Reading families and finding them again: who may, what is masked, what leaves a line."""

from dataclasses import replace
from uuid import uuid4

import pytest

from services.contracts.codes import Level
from services.contracts.ids import OfficerId, RegionCode, UnitId, new_id
from services.registry.families import name_hashes
from services.registry.names import name_parts
from tests.integration.registry_fixtures import (
    BKKBN_KAB,
    DINSOS_KAB,
    DINSOS_PROVINCE,
    DPO,
    OPERATOR,
    PKB,
    PKB_LEAD,
    TKSK,
    TKSK_2,
    TKSK_LEAD,
    RunningRegistry,
    neighbour_of,
    new_family,
    new_member,
    new_nik,
    recorded,
    refusal,
    registry,
)

__all__ = ["registry"]


async def test_a_family_is_shown_with_its_numbers_masked(registry: RunningRegistry) -> None:
    nik = new_nik()
    child = new_member(name="Anak Contoh", birth_date="2026-10-01", relation="child")
    mother = new_member(nik=nik, name="Ibu Contoh", sex="female", relation="wife")
    family = await recorded(registry, no_kk="3515081501260007", members=[mother, {**child, "mother": mother["id"]}])
    answer = await registry.get(f"/families/{family['id']}", TKSK_2)
    shown = answer.json()
    assert answer.headers["cache-control"] == "no-store"
    assert (shown["no_kk"], shown["unmasked"], shown["address"]) == ("************0007", False, "Jalan Contoh 1")
    assert [member["nik"] for member in shown["members"]] == [f"{'*' * 12}{nik[-4:]}", None]
    assert [member["name"] for member in shown["members"]] == ["Ibu Contoh", "Anak Contoh"]
    assert shown["members"][1]["mother"] == mother["id"]
    assert nik not in answer.text


async def test_reading_full_numbers_has_a_purpose_and_leaves_a_line(registry: RunningRegistry) -> None:
    nik = new_nik()
    family = await recorded(registry, members=[new_member(nik=nik)])
    path = f"/families/{family['id']}"
    assert refusal(await registry.post(f"{path}/read", TKSK_2, {})) == (422, "request.invalid")
    read = await registry.post(f"{path}/read", TKSK_2, {"purpose": "verification"})
    assert (read.json()["members"][0]["nik"], read.json()["unmasked"]) == (nik, True)
    lines = (await registry.get(f"{path}/audit", TKSK_LEAD)).json()["lines"]
    assert [(each["staff_no"], each["unit"], each["purpose"], each["unmasked"]) for each in lines] == [
        (TKSK_2, "dinsos-35.15.08", "verification", True)
    ]


async def test_a_masked_look_leaves_no_line_except_the_dpos(registry: RunningRegistry) -> None:
    family = await recorded(registry)
    path = f"/families/{family['id']}"
    for by in (TKSK, DPO):
        assert (await registry.get(path, by)).status_code == 200
    await registry.post(f"{path}/read", DPO, {"purpose": "data_request"})
    lines = (await registry.get(f"{path}/audit", DPO)).json()["lines"]
    assert [(each["staff_no"], each["purpose"]) for each in lines] == [(DPO, "data_request"), (DPO, "oversight")]
    page = (await registry.get(f"{path}/audit", DPO, limit=1)).json()
    older = (await registry.get(f"{path}/audit", DPO, limit=1, before=page["next"])).json()
    assert [page["lines"][0]["purpose"], older["lines"][0]["purpose"]] == ["data_request", "oversight"]


async def test_only_the_dpo_and_the_recording_supervisor_see_who_read_a_family(registry: RunningRegistry) -> None:
    family = await recorded(registry)
    path = f"/families/{family['id']}/audit"
    for by in (TKSK_LEAD, DINSOS_KAB, DPO):
        assert (await registry.get(path, by)).status_code == 200
    assert refusal(await registry.get(path, TKSK)) == (403, "auth.forbidden")
    assert refusal(await registry.get(path, PKB_LEAD)) == (404, "registry.family_not_found")


async def test_without_a_grant_a_family_does_not_exist_for_the_other_agency_or_another_area(
    registry: RunningRegistry,
) -> None:
    family = await recorded(registry)
    unknown = await registry.get(f"/families/{uuid4()}", PKB)
    for by in (PKB, PKB_LEAD, BKKBN_KAB, neighbour_of(registry.caller(TKSK), "35.15.14")):
        for answer in (
            await registry.get(f"/families/{family['id']}", by),
            await registry.post(f"/families/{family['id']}/read", by, {"purpose": "service"}),
        ):
            assert refusal(answer) == (404, "registry.family_not_found")
            assert {**answer.json(), "request_id": None} == {**unknown.json(), "request_id": None}
    for by in (TKSK, TKSK_LEAD, DINSOS_KAB, DINSOS_PROVINCE):
        assert (await registry.get(f"/families/{family['id']}", by)).status_code == 200


async def test_an_institution_reads_what_it_recorded_and_nothing_of_the_kabupaten_it_stands_in(
    registry: RunningRegistry,
) -> None:
    region, unit = RegionCode("35.17"), UnitId("upt-psbr-jombang")
    house = replace(registry.caller(TKSK), unit=unit, level=Level.UPT, region=region, officer=OfficerId(new_id()))
    taken_in = new_family("35.15.08.2001")
    assert (await registry.post("/families", house, taken_in)).status_code == 201
    assert (await registry.get(f"/families/{taken_in['id']}", house)).status_code == 200
    of_jombang = await recorded(registry, DINSOS_PROVINCE, region="35.17.01.2001")
    assert refusal(await registry.get(f"/families/{of_jombang['id']}", house)) == (404, "registry.family_not_found")


async def test_the_operator_never_sees_a_family(registry: RunningRegistry) -> None:
    family = await recorded(registry)
    path = f"/families/{family['id']}"
    for answer in (
        await registry.get(path, OPERATOR),
        await registry.get(f"{path}/audit", OPERATOR),
        await registry.post(f"{path}/read", OPERATOR, {"purpose": "supervision"}),
        await registry.post("/families/search", OPERATOR, {"nik": new_nik()}),
        await registry.post("/families", OPERATOR, new_family()),
    ):
        assert refusal(answer) == (403, "auth.forbidden")


async def test_a_restricted_family_is_for_who_recorded_it_and_the_supervisors(registry: RunningRegistry) -> None:
    nik = new_nik()
    family = await recorded(registry, restricted=True, members=[new_member(nik=nik)])
    path = f"/families/{family['id']}"
    for by, status in ((TKSK, 200), (TKSK_LEAD, 200), (DINSOS_KAB, 200), (DPO, 200), (TKSK_2, 404), (PKB_LEAD, 404)):
        assert (await registry.get(path, by)).status_code == status
    found = {by: (await registry.post("/families/search", by, {"nik": nik})).json() for by in (TKSK, TKSK_2)}
    assert [len(each["families"]) for each in found.values()] == [1, 0]


async def test_a_search_by_number_shows_the_own_agencys_families_and_of_the_other_only_that_it_knows(
    registry: RunningRegistry,
) -> None:
    nik, kk = new_nik(), f"35150815012{new_nik()[-5:]}"
    family = await recorded(registry, no_kk=kk, members=[new_member(nik=nik)])
    for wanted in ({"nik": nik}, {"no_kk": kk}):
        own = (await registry.post("/families/search", TKSK_2, wanted)).json()
        assert ([each["id"] for each in own["families"]], own["known_at_other_agency"]) == ([family["id"]], False)
        assert nik not in str(own)
        assert kk not in str(own)
        other = (await registry.post("/families/search", PKB, wanted)).json()
        assert (other["families"], other["known_at_other_agency"]) == ([], True)
        neighbour = neighbour_of(registry.caller(TKSK), "35.15.14")
        away = (await registry.post("/families/search", neighbour, wanted)).json()
        assert (away["families"], away["known_at_other_agency"]) == ([], False)
    unknown = (await registry.post("/families/search", TKSK, {"nik": new_nik()})).json()
    assert (unknown["families"], unknown["known_at_other_agency"]) == ([], False)


async def test_a_search_by_number_leaves_a_line_with_every_family_that_the_answer_tells_of(
    registry: RunningRegistry,
) -> None:
    nik, kk = new_nik(), f"35150815012{new_nik()[-5:]}"
    family = await recorded(registry, no_kk=kk, members=[new_member(nik=nik)])
    for by, wanted in ((TKSK_2, {"nik": nik}), (PKB, {"no_kk": kk}), (PKB, {"name": "Contoh", "region": "35.15.08"})):
        assert (await registry.post("/families/search", by, wanted)).status_code == 200
    away = neighbour_of(registry.caller(TKSK), "35.15.14")
    assert (await registry.post("/families/search", away, {"nik": nik})).json()["families"] == []
    lines = (await registry.get(f"/families/{family['id']}/audit", DPO)).json()["lines"]
    assert [(each["staff_no"], each["unit"], each["purpose"], each["unmasked"]) for each in lines] == [
        (PKB, "bkkbn-35.15.08", "search_kk", False),
        (TKSK_2, "dinsos-35.15.08", "search_nik", False),
    ]


async def test_a_search_for_a_number_that_nobody_has_leaves_a_line_without_the_number(
    registry: RunningRegistry,
) -> None:
    searcher, nik = neighbour_of(registry.caller(PKB), "35.15.14"), new_nik()
    assert (await registry.post("/families/search", searcher, {"nik": nik})).status_code == 200
    lines = await registry.rows(
        "SELECT family, unit, purpose, line::text AS whole FROM read_audit AS line WHERE officer = :officer",
        officer=searcher.officer,
    )
    assert [(line.family, line.unit, line.purpose) for line in lines] == [(None, "bkkbn-35.15.14", "search_nik")]
    assert nik not in lines[0].whole


async def test_a_name_is_found_by_any_of_its_words_in_its_own_kecamatan_only(registry: RunningRegistry) -> None:
    word = "Z" + "".join(chr(ord("a") + int(digit)) for digit in new_nik()[-4:])
    family = await recorded(registry, members=[new_member(name=f"Ma'ruf {word} Contoh")])
    await recorded(registry, PKB, members=[new_member(name=f"Ma'ruf {word} Contoh")])

    async def found(name: str, region: str, by: str = TKSK) -> list[str]:
        answer = await registry.post("/families/search", by, {"name": name, "region": region})
        assert answer.status_code == 200, answer.text
        assert answer.json()["known_at_other_agency"] is None
        return [each["id"] for each in answer.json()["families"]]

    assert await found(word.upper(), "35.15.08") == [family["id"]]
    assert await found(f"contoh  {word} MARUF", "35.15.08.2001") == [family["id"]]
    assert await found(word, "35.15.08.2002") == []
    assert await found(f"{word} lain", "35.15.08") == []
    assert await found(word, "35.15.14", DINSOS_KAB) == []
    outside = await registry.post("/families/search", TKSK, {"name": word, "region": "35.15.14"})
    assert refusal(outside) == (403, "registry.region_outside_area")


@pytest.mark.parametrize(
    "wanted",
    [{}, {"name": "Contoh"}, {"name": "Contoh", "region": "35.15"}, {"nik": "1", "no_kk": "1"}, {"region": "35.15.08"}],
)
async def test_a_search_asks_for_one_thing(registry: RunningRegistry, wanted: dict[str, str]) -> None:
    assert refusal(await registry.post("/families/search", TKSK, wanted)) == (422, "request.invalid")


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Siti Ma'rufah", {"siti", "marufah"}),
        ("SITI  MA’RUFAH, S.Pd.", {"siti", "marufah", "pd"}),
        ("R. A. Kartini", {"kartini"}),
        ("José", {"jose"}),
        ("A", {"a"}),
        ("123 !", set()),
    ],
)
def test_a_name_is_compared_by_its_words_in_any_case_without_signs(name: str, parts: set[str]) -> None:
    assert name_parts(name) == parts


def test_the_same_name_leaves_another_trace_in_each_kecamatan(registry: RunningRegistry) -> None:
    here, there = (
        set(name_hashes(registry.keyring, "Contoh Warga", RegionCode(region)))
        for region in ("35.15.08.2001", "35.15.14.2001")
    )
    assert len(here) == 2
    assert not here & there
    assert here == set(name_hashes(registry.keyring, "warga contoh", RegionCode("35.15.08")))
