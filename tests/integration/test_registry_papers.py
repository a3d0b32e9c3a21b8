"""One family, many papers: a KK that changes, what lists call a family, and people who join it later."""

import itertools
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from services.contracts.codes import Agency
from services.contracts.ids import masked
from services.contracts.wib import WIB
from services.registry.matching.families import family_id
from services.registry.triage.triage_map import triage_map
from tests.integration.list_files import as_csv, pk_row
from tests.integration.registry_fixtures import (
    DINSOS_KAB,
    DINSOS_PROVINCE,
    DPO,
    PKB,
    PKB_2,
    TKSK,
    TKSK_2,
    RunningRegistry,
    new_family,
    new_member,
    new_nik,
    now,
    recorded,
    refusal,
    registry,
)
from tests.integration.test_registry_imports import applied, at_rest

__all__ = ["registry"]

_serials = itertools.count(1)
TODAY = now().astimezone(WIB).date()


def new_kk() -> str:
    return f"351599150320{next(_serials):04d}"


def changed(number: str, valid_from: date | str = TODAY) -> dict[str, str]:
    return {"number": number, "valid_from": str(valid_from)}


async def put_paper(registry: RunningRegistry, by: str, family: dict[str, Any], kind: str, **paper: Any) -> Any:
    return await registry.send("PUT", f"/families/{family['id']}/papers/{kind}", by, changed(**paper))


async def found(registry: RunningRegistry, by: str, **wanted: Any) -> dict[str, Any]:
    answer = await registry.post("/families/search", by, wanted)
    assert answer.status_code == 200, answer.text
    seen: dict[str, Any] = answer.json()
    return {**seen, "families": sorted(each["id"] for each in seen["families"])}


async def papers(registry: RunningRegistry, by: str, family: dict[str, Any]) -> list[tuple[str, str, str, str | None]]:
    answer = await registry.post(f"/families/{family['id']}/read", by, {"purpose": "service"})
    return [(each["kind"], each["number"], each["valid_from"], each["valid_to"]) for each in answer.json()["papers"]]


async def test_a_family_with_a_new_kk_is_found_by_it_and_by_the_one_that_it_had(registry: RunningRegistry) -> None:
    before, after = new_kk(), new_kk()
    family = await recorded(registry, no_kk=before)
    for _ in range(2):
        answer = await put_paper(registry, TKSK, family, "no_kk", number=f"{after[:6]} {after[6:]}")
        assert answer.status_code == 200, answer.text
    assert await papers(registry, TKSK, family) == [
        ("no_kk", after, str(TODAY), None), ("no_kk", before, str(TODAY), str(TODAY)),
    ]  # fmt: skip
    shown = (await registry.get(f"/families/{family['id']}", TKSK)).json()
    assert (shown["no_kk"], shown["papers"][1]["number"]) == (masked(after), masked(before))
    assert await found(registry, TKSK, no_kk=after) == {
        "families": [family["id"]], "by_earlier_number": [], "known_at_other_agency": False,
    }  # fmt: skip
    earlier = await found(registry, TKSK, no_kk=before)
    assert (earlier["families"], earlier["by_earlier_number"]) == ([family["id"]], [family["id"]])
    assert (await found(registry, PKB, no_kk=before))["known_at_other_agency"] is True


async def test_a_family_without_a_kk_gets_one_and_its_period_never_goes_backwards(registry: RunningRegistry) -> None:
    family, kk = await recorded(registry), new_kk()
    assert await papers(registry, TKSK, family) == []
    assert (await put_paper(registry, TKSK, family, "no_kk", number=kk, valid_from="2026-03-01")).status_code == 200
    assert await papers(registry, TKSK, family) == [("no_kk", kk, "2026-03-01", None)]
    early = await put_paper(registry, TKSK, family, "no_kk", number=new_kk(), valid_from="2026-02-28")
    assert (refusal(early), early.json()["facts"]) == ((409, "registry.paper_too_early"), {"since": "2026-03-01"})
    later = TODAY + timedelta(days=2)
    tomorrow = await put_paper(registry, TKSK, family, "no_kk", number=new_kk(), valid_from=later)
    assert refusal(tomorrow) == (422, "request.invalid")
    wrong = await put_paper(registry, TKSK, family, "no_kk", number="3515-12")
    assert refusal(wrong) == (422, "registry.kk_invalid")


async def test_what_a_list_calls_a_family_is_kept_and_asked_for_by_whoever_keeps_the_list(
    registry: RunningRegistry,
) -> None:
    family, number = await recorded(registry, PKB), f"KLG-{uuid4()}"
    assert (
        await put_paper(registry, PKB, family, "pk_family_code", number="KLG-0", valid_from="2026-01-01")
    ).is_success
    for _ in range(2):
        assert (await put_paper(registry, PKB_2, family, "pk_family_code", number=number)).is_success
    early = await put_paper(registry, PKB, family, "pk_family_code", number="KLG-1", valid_from="2026-01-02")
    assert refusal(early) == (409, "registry.paper_too_early")
    assert await papers(registry, PKB, family) == [
        ("pk_family_code", number, str(TODAY), None), ("pk_family_code", "KLG-0", "2026-01-01", str(TODAY)),
    ]  # fmt: skip
    paper = {"kind": "pk_family_code", "number": number}
    assert await found(registry, PKB, paper=paper) == {
        "families": [family["id"]], "by_earlier_number": [], "known_at_other_agency": None,
    }  # fmt: skip
    by_earlier = await found(registry, PKB, paper={**paper, "number": "KLG-0"})
    assert by_earlier["by_earlier_number"] == [family["id"]]
    assert refusal(await registry.post("/families/search", TKSK, {"paper": paper})) == (403, "auth.forbidden")
    assert refusal(await put_paper(registry, PKB, family, "dtsen_id", number="1")) == (403, "auth.forbidden")
    both = {"paper": paper, "nik": new_nik()}
    assert refusal(await registry.post("/families/search", PKB, both)) == (422, "request.invalid")


async def test_only_who_works_there_for_the_recording_agency_changes_a_family(registry: RunningRegistry) -> None:
    family = await recorded(registry, restricted=True)
    for by, expected in ((PKB, (404, "registry.family_not_found")), (TKSK_2, (404, "registry.family_not_found")),
                         (DPO, (403, "auth.forbidden"))):  # fmt: skip
        for method, path, body in (
            ("PUT", "papers/no_kk", changed(new_kk())),
            ("POST", "members", new_member()),
            ("PUT", f"members/{family['members'][0]['id']}/nik", {"nik": new_nik()}),
        ):
            answer = await registry.send(method, f"/families/{family['id']}/{path}", by, body)
            assert refusal(answer) == expected, path


async def test_a_newborn_joins_its_mother_and_its_nik_follows_when_it_is_issued(registry: RunningRegistry) -> None:
    mother = new_member(nik=new_nik(day=55), sex="female", relation="wife", pregnant=True)
    family = await recorded(registry, members=[mother])
    path = f"/families/{family['id']}/members"
    baby = new_member(name="Bayi Contoh", birth_date=str(TODAY), relation="child", mother=mother["id"])
    first = await registry.post(path, TKSK, baby)
    assert (first.status_code, first.json()["version"]) == (201, 2), first.text
    nik = new_nik(day=TODAY.day, month=TODAY.month, year=TODAY.year % 100)
    given = [await registry.send("PUT", f"{path}/{baby['id']}/nik", DINSOS_KAB, {"nik": nik}) for _ in range(2)]
    assert [each.json()["warnings"] for each in given] == [[{"member": baby["id"], "code": "region_differs"}]] * 2
    again = await registry.post(path, TKSK, baby)
    assert again.json() == first.json()
    shown = (await registry.post(f"/families/{family['id']}/read", TKSK, {"purpose": "service"})).json()["members"]
    assert [(each["name"], each["mother"], each["nik"], each["pregnant"]) for each in shown] == [
        ("Contoh Warga", None, mother["nik"], True), ("Bayi Contoh", mother["id"], nik, None),
    ]  # fmt: skip
    assert (await found(registry, TKSK, nik=nik))["families"] == [family["id"]]
    facts = await registry.facts("family_recorded", family["id"])
    assert facts == [facts[0], {**facts[0], "version": 2}]


async def test_who_cannot_be_added_or_given_a_nik_is_refused(registry: RunningRegistry) -> None:
    family, taken = await recorded(registry), new_nik()
    (head,) = family["members"]
    await recorded(registry, members=[new_member(nik=taken)])
    path = f"/families/{family['id']}/members"
    child = new_member(relation="child", birth_date="2024-05-01")
    assert (await registry.post(path, TKSK, child)).status_code == 201
    for body, expected in (
        ({**child, "name": "Lain"}, (409, "registry.member_exists")),
        (new_member(id=(await recorded(registry))["members"][0]["id"]), (409, "registry.member_exists")),
        (new_member(nik=taken), (409, "registry.nik_taken")),
        (new_member(nik="3501993502900001"), (422, "registry.nik_invalid")),
        (new_member(mother=str(uuid4())), (422, "request.invalid")),
        (new_member(birth_date=str(TODAY + timedelta(days=3))), (422, "request.invalid")),
    ):
        assert refusal(await registry.post(path, TKSK, body)) == expected
    for member, nik, expected in (
        (child["id"], taken, (409, "registry.nik_taken")),
        (child["id"], "35", (422, "registry.nik_invalid")),
        (head["id"], new_nik(), (409, "registry.member_has_nik")),
        (str(uuid4()), new_nik(), (404, "registry.member_not_found")),
    ):
        assert refusal(await registry.send("PUT", f"{path}/{member}/nik", TKSK, {"nik": nik})) == expected
    large = await recorded(registry, members=[new_member() for _ in range(30)])
    full = await registry.post(f"/families/{large['id']}/members", TKSK, new_member())
    assert refusal(full) == (409, "registry.family_full")


async def candidate(registry: RunningRegistry, agency: Agency, list_name: str, code: str, service: str) -> UUID:
    """Propose *service* for a listed family, as the matching program leaves it; return the id that it will get."""
    family = family_id(agency, code)
    await registry.rows(
        "INSERT INTO candidate VALUES (:family, :service, :agency, :list, :code, '35.15.08.2003', 1, 'normal', :rule,"
        " 'triage-2026.1')",
        family=family, service=service, agency=agency.value, list=list_name, code=code,
        rule=next(each.id for each in triage_map("triage-2026.1").rules if each.service == service),
    )  # fmt: skip
    return family


async def test_two_surveyed_families_on_one_kk_stay_two_and_are_both_found_by_it(registry: RunningRegistry) -> None:
    kk = new_kk()
    codes = ("KLG-ONE-KK-1", "KLG-ONE-KK-2")
    wife, second = "3515995501909801", "3515995501909802"
    home = {"no_kk": kk, "desa_kode": "35.15.08.2003", "tanggal_lahir": "15/01/1990"}
    await applied(registry, as_csv([
        pk_row(1, id_anggota="K-wife", kode_keluarga=codes[0], nik=wife, hubungan="ISTRI", status_hamil="1", **home),
        pk_row(2, id_anggota="K-baby", kode_keluarga=codes[0], nik="", hubungan="ANAK", nama="Bayu",
               **{**home, "tanggal_lahir": "01/12/2025"}),
        pk_row(3, id_anggota="K-second", kode_keluarga=codes[1], nik=second, **home),
    ]))  # fmt: skip
    families = [await candidate(registry, Agency.BKKBN, "pk", code, "PBI-JK") for code in codes]
    for family in families:
        taken = await registry.post(f"/candidates/{family}/PBI-JK/take", PKB)
        assert (taken.status_code, taken.json().get("family")) == (200, str(family)), taken.text
    assert (await found(registry, PKB, no_kk=kk))["families"] == sorted(map(str, families))
    for family, code in zip(families, codes, strict=True):
        asked = await found(registry, PKB, paper={"kind": "pk_family_code", "number": code})
        assert asked["families"] == [str(family)]
    members = (await registry.get(f"/families/{families[0]}", PKB)).json()["members"]
    mother = next(each for each in members if each["relation"] == "wife")
    assert mother["pregnant"] is True
    assert [each["mother"] for each in members if each["name"] == "Bayu"] == [mother["id"]]


async def test_a_registered_family_that_is_taken_is_known_by_its_number_there_and_in_the_pkh_list(
    registry: RunningRegistry,
) -> None:
    nik = "3515995501909804"
    columns = ("id_individu", "id_keluarga", "nomor_kk", "nik", "nama_lengkap", "jk", "tgl_lahir", "hub_kepala",
               "kelurahan_kode", "periode_desil")  # fmt: skip
    register = dict(zip(columns, ("D-K", "DK-1", new_kk(), nik, "Sulastri Contoh", "2", "1990-01-15", "Istri",
                                  "35.15.08.2003", "2026-Q3"), strict=True))  # fmt: skip
    of_pkh = ("id_peserta", "nomor_pkh", "nik", "nama", "jk", "tgl_lahir", "desa_kode", "tanggal_data")
    receives = dict(zip(of_pkh, ("P-K", "PKH-77", nik, "Sulastri Contoh", "P", "15/01/1990", "35.15.08.2003",
                                 "01/08/2026"), strict=True))  # fmt: skip
    for name, content in (("dtsen", as_csv([register], columns)), ("pkh", as_csv([receives], of_pkh))):
        answer = await registry.api.post(f"/imports/{name}", content=content, headers=registry.signed(DINSOS_PROVINCE))
        batch = await at_rest(registry, answer.json()["id"], DINSOS_PROVINCE)
        assert batch["state"] == "checked", batch
        await registry.post(f"/imports/{batch['id']}/apply", DINSOS_PROVINCE)
        assert (await at_rest(registry, batch["id"], DINSOS_PROVINCE))["state"] == "applied"
    family = await candidate(registry, Agency.DINSOS, "dtsen", "DK-1", "KIE")
    assert (await registry.post(f"/candidates/{family}/KIE/take", TKSK)).status_code == 200
    for kind, number in (("dtsen_id", "DK-1"), ("pkh_number", "PKH-77")):
        asked = await found(registry, TKSK, paper={"kind": kind, "number": number})
        assert asked["families"] == [str(family)], kind


async def test_a_repeat_of_what_was_recorded_is_known_though_a_newer_field_says_nothing(
    registry: RunningRegistry,
) -> None:
    family = new_family()
    assert (await registry.post("/families", TKSK, family)).status_code == 201
    said = {**family, "members": [{**family["members"][0], "pregnant": None}]}
    assert (await registry.post("/families", TKSK, said)).status_code == 201
    other = {**family, "members": [{**family["members"][0], "pregnant": False}]}
    assert refusal(await registry.post("/families", TKSK, other)) == (409, "registry.family_exists")
