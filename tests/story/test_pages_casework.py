"""What caseworkers do on pages besides the worklist: record a family, open numbers, mend a draft, print the letter."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from deploy.local.stack import Stack
from services.cli.stories.stage import Stage
from services.contracts.codes import Service
from services.contracts.lifecycle import Action
from services.kit.crypto import Keyring
from tests.integration.registry_fixtures import new_nik
from tests.story.pages import Browser, browser, pages, signed_in

pytestmark = pytest.mark.timeout(120)

ADDRESS = "/families/new"


def _row(at: int, **typed: str) -> dict[str, str]:
    said = {"name": f"Contoh Warga {at}", "birth_date": "1990-01-15", "sex": "male", "relation": "head", **typed}
    return {f"m{at}_{name}": value for name, value in said.items()}


async def test_a_family_is_recorded_row_by_row_without_losing_what_was_typed_and_its_numbers_are_opened_once(
    stage: Stage, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with pages(stack, monkeypatch) as app, browser(app) as tksk:
        await signed_in(tksk, stack, stage.tksk.staff_no)
        nik = new_nik()
        await tksk.opens("/refer")
        await tksk.sends("/refer", by="nik", asked=nik)
        await tksk.sends(ADDRESS, then="begin")
        assert f'value="{nik}"' in tksk.shown, "what was searched for is filled in"
        typed = {"region": stage.village, "address": "Jalan Contoh 7", **_row(0, nik="123")}
        await tksk.sends(ADDRESS, then="add", **typed)
        assert 'value="Jalan Contoh 7"' in tksk.shown
        assert 'name="m1_name"' in tksk.shown, "one more row"
        typed |= _row(1, sex="female", relation="wife", birth_date="1990-02-15")
        assert await tksk.sends(ADDRESS, then="save", **typed) == 422
        assert re.search(r'id="m0_nik-fault">\s*Nomor ini\s*tidak berisi 16 angka', tksk.shown)
        assert 'value="Contoh Warga 1"' in tksk.shown, "what was typed stays"
        assert await tksk.sends(ADDRESS, then="save", **{**typed, "m0_nik": nik}) == 200
        assert "Keluarga sudah dicatat" in tksk.shown
        assert "Kode wilayah di NIK berbeda" in tksk.shown, "what looks odd is said and never refused"
        assert nik not in tksk.shown
        found = re.search(r'action="(/families/[0-9a-f-]{36})/read"', tksk.shown)
        assert found is not None
        family = found.group(1)
        assert await tksk.sends(f"{family}/read", purpose="verification") == 200
        assert nik in tksk.shown
        await tksk.opens(family)
        assert nik not in tksk.shown
        trail = await stage.tksk_supervisor.get(f"{stage.tksk.addresses.registry}{family}/audit")
        newest = trail["lines"][0]
        assert (newest["purpose"], newest["unmasked"]) == ("verification", True)
        await _grows(tksk, family)


async def _grows(tksk: Browser, family: str) -> None:
    newborn = {"name": "Contoh Bayi", "birth_date": "2026-01-05", "sex": "male", "relation": "child"}
    assert await tksk.sends(f"{family}/members", **newborn) == 200
    assert "Contoh Bayi" in tksk.shown
    assert "Isi NIK Contoh Bayi" in tksk.shown
    address = re.findall(rf'action="({family}/members/[0-9a-f-]{{36}}/nik)"', tksk.shown)[-1]
    assert await tksk.sends(address, nik="35") == 422
    assert 'value="35"' in tksk.shown
    assert await tksk.sends(address, nik=new_nik(day=5, month=1, year=26)) == 200
    number = new_nik()
    assert await tksk.sends(f"{family}/papers", kind="no_kk", number=number, valid_from="2026-01-05") == 200
    assert f"************{number[-4:]}" in tksk.shown


async def test_a_draft_that_came_back_says_why_and_is_changed_and_sent_again(
    stage: Stage, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    referral = await stage.referred(stage.pkb, Service.ASPD)
    order: dict[str, Any] = {"reason": "unclear_address", "text": "Alamat belum jelas."}
    await stage.pkb_supervisor.act(referral, Action.RETURN, **order)
    async with pages(stack, monkeypatch) as app, browser(app) as pkb:
        await signed_in(pkb, stack, stage.pkb.staff_no)
        await pkb.opens(f"/referrals/{referral}")
        assert f"/referrals/{referral}/edit" in pkb.shown
        address = f"/referrals/{referral}/edit"
        assert await pkb.opens(address) == 200
        assert "Alamat belum jelas." in pkb.shown
        shown = pkb.shown
        said = {"priority": "high", "basis": "public_task", "finding": "Rumah di belakang balai desa."}
        assert await pkb.sends(address, then="save", **said) == 200
        pkb.shown = shown
        assert await pkb.sends(address, then="save", **{**said, "finding": "Yang lain."}) == 409
        assert "Yang lain." in pkb.shown, "an outdated form says so and keeps what was typed"
        assert await pkb.sends(address, then="submit", **said) == 200
    sent = await stage.pkb.show(referral)
    assert (sent["state"], sent["priority"], sent["draft"]["finding"]) == ("triage", "high", said["finding"])


async def test_a_referral_shows_its_messages_and_its_letter_and_is_opened_after_signing_in(
    stage: Stage, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    referral = await stage.referred(stage.tksk, Service.KIE)
    await stage.becomes(stage.pkb, referral, "offered")
    page = f"/referrals/{referral}"
    async with pages(stack, monkeypatch) as app, browser(app) as pkb:
        await pkb.opens(page)
        assert f'name="to" value="{page}"' in pkb.shown, "after signing in one is back here"

        async def told() -> bool:
            return "pesan:" in pkb.shown or bool(await pkb.opens(page) != 200)

        await signed_in(pkb, stack, stage.pkb.staff_no)
        await stage.until(told, "the messages are with their events")
        assert "Menunggu unit Anda" in pkb.shown
        assert re.search(r"Ditawarkan ke unit tujuan.*?di aplikasi", pkb.shown, re.DOTALL)
        assert re.search(r'<select id="redirect-unit".*?BKKBN|<select id="redirect-unit".*?KB', pkb.shown, re.DOTALL)
        assert await pkb.opens(f"{page}/letter") == 200
        assert "SURAT RUJUKAN" in pkb.shown
        assert "<svg" in pkb.shown
        answer = await pkb.http.get(f"{page}/letter.pdf")
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF-")


async def test_a_family_is_shown_with_its_risk_and_with_what_it_receives_in_words(
    stage: Stage, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry, paper = stage.pkb.addresses.registry, {"number": "PK-STORY-1", "valid_from": "2026-01-05"}
    surveyed, assisted = await stage.pkb.record_family(stage.village), await stage.tksk.record_family(stage.village)
    address = f"{registry}/families/{surveyed}/papers/pk_family_code"
    stage.pkb.checked(await stage.pkb.http.put(address, json=paper, headers={"idempotency-key": str(uuid4())}))
    paper["number"] = "DT-STORY-1"
    address = f"{registry}/families/{assisted}/papers/dtsen_id"
    stage.tksk.checked(await stage.tksk.http.put(address, json=paper, headers={"idempotency-key": str(uuid4())}))
    with _listed(stack, stage.village):
        async with pages(stack, monkeypatch) as app, browser(app) as pkb, browser(app) as tksk:
            await signed_in(pkb, stack, stage.pkb.staff_no)
            await pkb.opens(f"/families/{surveyed}")
            for said in ("Berisiko", "Air minum utama tidak layak", "Ada ibu hamil", "Tidak memakai KB modern"):
                assert said in pkb.shown
            await signed_in(tksk, stack, stage.tksk.staff_no)
            await tksk.opens(f"/families/{assisted}")
            assert "Yang sudah diterima" in tksk.shown
            assert "dari triwulan yang sudah lewat" in tksk.shown
            assert "Risiko stunting" not in tksk.shown, "no survey names this family"
            assert await tksk.opens(f"/families/{surveyed}") == 404, "the other agency's, without a grant"


@contextmanager
def _listed(stack: Stack, village: str) -> Iterator[None]:
    """A surveyed family at risk, and one of the register with PKH, while the block runs."""
    person = "DT-STORY-1-1"
    sealed = Keyring.load(stack.home.keyring).seal({"desil": 2, "PKH": True}, belongs_to=f"listed/dtsen/{person}")
    with psycopg.connect(stack.servers.database_url("registry"), autocommit=True) as database:
        database.execute(
            "INSERT INTO family_risk VALUES ('PK-STORY-1', %s, 'krs-2021.1', '2026-10-05', '{pus_hamil}',"
            " '{air_tidak_layak}', '{bukan_peserta_kb_modern}', '{}', 3, true)",
            [village],
        )
        database.execute(
            "INSERT INTO listed_person VALUES ('dtsen', %s, 'DT-STORY-1', %s, '2020-01-01', %s, '', NULL, NULL, '{}',"
            " %s)",
            [person, village, uuid4(), sealed],
        )
        yield
        database.execute("DELETE FROM family_risk WHERE pk_family = 'PK-STORY-1'")
        database.execute("DELETE FROM listed_person WHERE id = %s", [person])
