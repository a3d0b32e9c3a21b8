"""Two lists become one picture: both come in, people are found in each other, and caseworkers see who needs what."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import pytest

from deploy.local.stack import Stack
from services.cli.stories.people import NotDone, Person
from services.cli.stories.plays import claimed_and_accepted, contacted, served_and_confirmed
from services.cli.stories.stage import Stage
from services.contracts.codes import Service
from services.contracts.lifecycle import Action
from tests.integration.list_files import as_csv, pk_row
from tests.linking.test_links import DTSEN_COLUMNS, registered
from tests.story.test_command_line import read

VILLAGE = "35.15.08.2003"
pytestmark = pytest.mark.timeout(180)


def _survey() -> bytes:
    """Return a woman with a baby and bad water, a couple who are too old, and a girl whom two rows could be."""
    mother = {"kode_keluarga": "KLG-M", "no_kk": "3515990101200071", "desa_kode": VILLAGE, "sumber_air": "7"}
    couple = {"kode_keluarga": "KLG-C", "no_kk": "3515990101200072", "desa_kode": VILLAGE}
    return as_csv([
        pk_row(1, id_anggota="S-mother", nama="Rukmini Lestari", tanggal_lahir="03/09/1998", hubungan="ISTRI",
               nik="3515994309980011", **mother),
        pk_row(2, id_anggota="S-baby", nama="Bayu Lestari", jenis_kelamin="L", tanggal_lahir="01/12/2025",
               hubungan="ANAK", nik="", **mother),
        pk_row(3, id_anggota="S-wife", nama="Kasiyati Utomo", tanggal_lahir="15/06/1989", hubungan="ISTRI",
               nik="3515995506890012", ikut_kb_modern="0", **couple),
        pk_row(4, id_anggota="S-one", nama="Ratna Anggraini", tanggal_lahir="23/11/2001", nik="", no_kk="",
               kode_keluarga="KLG-R1", desa_kode=VILLAGE, hubungan="ANAK"),
        pk_row(5, id_anggota="S-two", nama="Ratna Anggraini", tanggal_lahir="23/11/2001", nik="", no_kk="",
               kode_keluarga="KLG-R2", desa_kode=VILLAGE, hubungan="ANAK"),
    ])  # fmt: skip


def _register() -> bytes:
    quarter = {"periode_desil": "2026-Q3", "kelurahan_kode": VILLAGE}
    return as_csv([
        registered("D-mother", "M", "RUKMINI LESTARI", "1998-09-03", hub_kepala="Istri", nik="3515994309980011",
                   nomor_kk="3515990101200071", pkh=0, pbi_jk=0, **quarter),
        registered("D-wife", "C", "Kasiati Utomo", "1989-06-15", hub_kepala="Istri", nik="3515995506890012",
                   nomor_kk="3515990101200072", pkh=1, pbi_jk=1, **quarter),
        registered("D-ratna", "R", "RATNA ANGGRAINI", "2001-11-23", hub_kepala="Anak", nomor_kk="", **quarter),
    ], DTSEN_COLUMNS, separator=",", encoding="utf-8")  # fmt: skip


def _person(stage: Stage, staff_no: str) -> Person:
    return next(person for person in stage.people.values() if person.staff_no == staff_no)


async def _brought_in(who: Person, name: str, content: bytes) -> dict[str, Any]:
    url = f"{who.addresses.registry}/imports"
    batch = who.checked(await who.http.post(f"{url}/{name}", content=content))
    for wanted in ("checked", "applied"):
        async with asyncio.timeout(60):
            while batch["state"] != wanted:
                await asyncio.sleep(0.1)
                batch = await who.get(f"{url}/{batch['id']}")
        if wanted == "checked":
            batch = await who.post(f"{url}/{batch['id']}/apply", {})
    return batch


async def _candidates(who: Person) -> dict[str, dict[str, Any]]:
    page = await who.get(f"{who.addresses.registry}/candidates", limit=200)
    return {each["service"]: each for each in page["candidates"] if each["region"] == VILLAGE}


@pytest.fixture(scope="module")
async def lists(stage: Stage) -> None:
    await _brought_in(_person(stage, "B-35-01"), "pk", _survey())
    await _brought_in(_person(stage, "D-35-01"), "dtsen", _register())

    async def matched() -> bool:
        return Service.PBI_JK.value in await _candidates(stage.pkb)

    await stage.until(matched, "the lists are laid on each other", timeout_seconds=60)


def _mothers(count: int) -> tuple[bytes, bytes]:
    """Return both lists of mothers with a baby and no health insurance."""
    survey, register = [], []
    for number in range(count):
        nik = f"351599430998{number + 100:04d}"
        home = {
            "kode_keluarga": f"KLG-F{number}",
            "no_kk": f"351599010121{number + 100:04d}",
            "desa_kode": "35.15.08.2002",
        }
        survey += [
            pk_row(1, id_anggota=f"F-mother-{number}", nama=f"Rukmini {_WORDS[number]}", tanggal_lahir="03/09/1998",
                   hubungan="ISTRI", nik=nik, **home),
            pk_row(2, id_anggota=f"F-baby-{number}", nama=f"Bayu {_WORDS[number]}", jenis_kelamin="L",
                   tanggal_lahir="01/12/2025", hubungan="ANAK", nik="", **home),
        ]  # fmt: skip
        register.append(
            registered(f"DF-{number}", f"F{number}", f"RUKMINI {_WORDS[number]}", "1998-09-03", hub_kepala="Istri",
                       nik=nik, nomor_kk=home["no_kk"], pbi_jk=0, kelurahan_kode="35.15.08.2002")
        )  # fmt: skip
    return as_csv(survey), as_csv(register, DTSEN_COLUMNS, separator=",", encoding="utf-8")


_WORDS = [f"{first}{last}" for first in ("Wara", "Tiwi", "Suko", "Rahma", "Mulya") for last in
          ("sari", "ningsih", "wati", "tun", "dewi", "yani", "hati", "lestari", "asih", "rini")]  # fmt: skip


@pytest.mark.usefixtures("lists")
async def test_each_agency_sees_whom_the_other_could_help_with_the_rule_in_words(stage: Stage) -> None:
    ours, theirs = await _candidates(stage.pkb), await _candidates(stage.tksk)
    assert [(each["service"], each["priority"]) for each in ours.values()] == [
        ("PBI-JK", "high"), ("DTSEN-VERVAL", "normal"),
    ]  # fmt: skip
    assert list(theirs) == ["KIE", "YAN-KB"]
    assert "PBI-JK" in ours["PBI-JK"]["words"]["id"]
    assert not set(ours) & set(theirs)


@pytest.mark.usefixtures("lists")
async def test_risk_is_counted_by_area_and_a_rule_that_is_to_come_shows_what_it_would_change(stage: Stage) -> None:
    lead = stage.pkb_supervisor
    found = await lead.get(f"{lead.addresses.registry}/risk", area="35.15.08")
    village = found["areas"][VILLAGE]
    assert [village[name] for name in ("families", "looked_at", "at_risk", "not_at_risk")] == [4, 2, 2, 0]
    assert (village["factors"]["air_tidak_layak"], village["factors"]["terlalu_tua"]) == (1, 1)
    assert sum(village["ranks"].values()) == village["at_risk"]
    (draft,) = found["coming"]
    assert (draft["version"], draft["compared_with"]) == ("krs-draft.1", found["rule_version"])
    assert draft["report"]["gained"] == {"bukan_peserta_kb_modern": 1}
    with pytest.raises(NotDone, match=r"auth\.forbidden"):
        await stage.pkb.get(f"{lead.addresses.registry}/risk", area="35.15.08")
    with pytest.raises(NotDone, match=r"registry\.region_outside_area"):
        await lead.get(f"{lead.addresses.registry}/risk", area="35.15")


@pytest.mark.usefixtures("lists")
async def test_a_candidate_who_is_taken_and_referred_is_gone_and_back_when_that_is_recalled(stage: Stage) -> None:
    pkb = stage.pkb
    candidate = (await _candidates(pkb))["PBI-JK"]
    url = f"{pkb.addresses.registry}/candidates/{candidate['family']}/PBI-JK/take"
    taken = await pkb.post(url, {})
    assert await pkb.post(url, {}) == taken
    family = await pkb.get(f"{pkb.addresses.registry}/families/{taken['family']}")
    assert sorted(member["name"] for member in family["members"]) == ["Bayu Lestari", "Rukmini Lestari"]
    referral = await stage.retried(lambda: pkb.draft(taken["family"], Service.PBI_JK), "referral.family_not_known_yet")
    await stage.submitted(pkb, referral["id"])
    await stage.becomes(pkb, referral["id"], "offered")

    async def gone() -> bool:
        return "PBI-JK" not in await _candidates(pkb)

    async def back() -> bool:
        return "PBI-JK" in await _candidates(pkb)

    await stage.until(gone, "the candidate is gone")
    with pytest.raises(NotDone, match=r"registry\.candidate_gone"):
        await pkb.post(url, {}, key=uuid4())
    await pkb.act(referral["id"], Action.RECALL, text="Sudah punya jaminan lain.")
    await stage.until(back, "the candidate is back")


@pytest.mark.usefixtures("lists")
async def test_a_pair_that_could_be_either_is_shown_side_by_side_and_a_person_decides(stage: Stage) -> None:
    lead = _person(stage, "D-35-01")
    url = f"{lead.addresses.registry}/links"

    async def pairs(state: str) -> list[dict[str, Any]]:
        return [each for each in (await lead.get(url, state=state, limit=200))["links"] if each["dtsen"] == "D-ratna"]

    (pair,) = await pairs("review")
    assert (pair["surveyed"]["name"], pair["registered"]["name"]) == ("Ratna Anggraini", "RATNA ANGGRAINI")
    decided = await lead.post(f"{url}/{pair['dtsen']}/{pair['pk']}", {"verdict": "join"})
    assert decided["verdict"] == "join"
    assert (await pairs("review"), [each["pk"] for each in await pairs("joined")]) == ([], [pair["pk"]])
    await lead.post(f"{url}/{pair['dtsen']}/{pair['pk']}", {"verdict": None})
    assert (await pairs("review"), await pairs("joined")) == ([pair], [])
    with pytest.raises(NotDone, match=r"registry\.link_not_found"):
        await lead.post(f"{url}/D-nobody/S-one", {"verdict": "join"})
    with pytest.raises(NotDone, match=r"auth\.forbidden"):
        await stage.pkb.get(url)


@pytest.mark.usefixtures("lists")
async def test_a_join_is_undone_and_the_referral_that_was_made_on_it_goes_on(stage: Stage) -> None:
    lead, tksk = _person(stage, "B-35-01"), stage.tksk
    url = f"{lead.addresses.registry}/links"
    before = await _candidates(tksk)
    family, risk_url = before["KIE"]["family"], f"{lead.addresses.registry}/risk"
    taken = await tksk.post(f"{tksk.addresses.registry}/candidates/{family}/KIE/take", {})
    referral = await stage.retried(lambda: tksk.draft(taken["family"], Service.KIE), "referral.family_not_known_yet")
    await stage.submitted(tksk, referral["id"])
    await stage.becomes(tksk, referral["id"], "offered")
    (joined,) = (await lead.get(url, state="joined", family="KLG-C"))["links"]
    assert (joined["kind"], joined["dtsen"], joined["pk"]) == ("nik", "D-wife", "S-wife")
    risk = await lead.get(risk_url, area="35.15.08")

    undone = await _person(stage, "D-35-01").post(f"{url}/D-wife/S-wife", {"verdict": "apart"})
    assert [(each["number"], each["service"]) for each in undone["referrals"]] == [(referral["number"], "KIE")]
    assert await _candidates(tksk) == {}, "without the join the register says nothing of the couple"
    assert (await tksk.get(f"{tksk.addresses.registry}/families/{family}"))["id"] == family
    shown = await tksk.get(f"{tksk.addresses.referral}/referrals/{referral['id']}")
    assert (shown["state"], shown["family"]) == ("offered", family)

    await lead.post(f"{url}/D-wife/S-wife", {"verdict": None})
    assert set(await _candidates(tksk)) == {"YAN-KB"}, "what is referred is no candidate; all else is back"
    await tksk.act(referral["id"], Action.RECALL, text="Sudah dilayani di posyandu.")

    async def all_back() -> bool:
        return await _candidates(tksk) == before

    await stage.until(all_back, "the candidates are as they were")
    assert await lead.get(risk_url, area="35.15.08") == risk


@pytest.mark.usefixtures("lists")
async def test_fifty_are_referred_in_one_batch_and_who_was_served_is_no_candidate_any_more(
    stage: Stage, stack: Stack
) -> None:
    survey, register = _mothers(50)
    await _brought_in(_person(stage, "B-35-01"), "pk", survey)
    await _brought_in(_person(stage, "D-35-01"), "dtsen", register)
    lead, home = stage.pkb_supervisor, stack.home.path

    async def waiting() -> list[str]:
        page = await lead.get(f"{lead.addresses.registry}/candidates", service="PBI-JK", limit=200)
        return [each["family"] for each in page["candidates"] if each["region"] == "35.15.08.2002"]

    async def all_there() -> bool:
        return len(await waiting()) == 50

    await stage.until(all_there, "fifty candidates", timeout_seconds=60)
    account = next(each for each in json.loads((home / "demo-accounts.json").read_text())
                   if each["staff_no"] == lead.staff_no)  # fmt: skip
    await read(home, "sign-in", lead.staff_no, "--password-stdin", typed=account["password"] + "\n")
    joined = (await read(home, "links", "list", "--state", "joined", "--family", "F0"))["links"]
    assert joined == [], "the register calls that family otherwise"
    joined = (await read(home, "links", "list", "--state", "joined", "--family", "KLG-F0"))["links"]
    assert [(each["dtsen"], each["surveyed"]["name"]) for each in joined] == [("DF-0", "Rukmini Warasari")]
    wanted = ("candidates", "take-many", "PBI-JK", "--limit", "60", "--submit")
    preview = await read(home, *wanted, "--dry-run")
    assert await all_there(), "a preview takes nobody"
    batch = ("--batch", preview["batch"])
    taken = await read(home, *wanted, *batch)
    results = {each["family"]: each for each in taken["results"]}
    assert {each["result"] for each in results.values()} == {"triage"}
    # Of the first ones the clocks, which run in seconds here, are due by now.
    recalled, served = [each["family"] for each in preview["candidates"] if each["region"] == "35.15.08.2002"][-2:]
    await stage.becomes(lead, results[recalled]["referral"], "offered")
    await lead.act(results[recalled]["referral"], Action.RECALL, text="Sudah pindah.")
    await claimed_and_accepted(stage, results[served]["referral"], stage.tksk)
    await contacted(stage, results[served]["referral"], stage.tksk)
    await served_and_confirmed(stage, results[served]["referral"], lead, stage.tksk)

    async def only_the_recalled_one() -> bool:
        (told,) = (await lead.get(f"{lead.addresses.registry}/families/{served}"))["history"]
        return await waiting() == [recalled] and (told["state"], told["outcome"]) == ("closed", "served_full")

    await stage.until(only_the_recalled_one, "who was served is gone, and who was recalled is back")
    again = await read(home, *wanted, *batch)
    assert [(each["family"], each["referral"]) for each in again["results"]] == [
        (recalled, results[recalled]["referral"])
    ]
