"""The directory as files: out as CSV, in again through the same batches, one transaction with its facts."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import uuid4

import pytest

from services.contracts.codes import Service
from services.contracts.ids import UnitId
from services.registry.activities import nearest
from services.registry.offices import every
from services.registry.seeding import seed
from tests.integration.list_files import as_csv, as_workbook
from tests.integration.registry_fixtures import (
    BKKBN_KAB,
    BKKBN_PROVINCE,
    DINSOS_KAB,
    DINSOS_PROVINCE,
    OPERATOR,
    PKB,
    PKB_LEAD,
    RunningRegistry,
    now,
    recorded,
    refusal,
    registry,
    until,
)
from tests.integration.test_registry_directory import GOOD, gone, hired, set_password
from tests.integration.test_registry_grants import BEGUN, life
from tests.integration.test_registry_imports import at_rest, sent
from tests.integration.test_registry_offices import question

__all__ = ["registry"]

OFFICERS = ("nomor_petugas", "nama", "email", "peran", "id_unit", "desa", "bahasa", "keluar")
UNITS = ("id_unit", "nama_unit", "layanan", "kuota", "daftar_tunggu", "jam_layanan", "aktif")
OPENED = "bkkbn-35.15.08-selatan"


def row(columns: Iterable[str], **fields: str) -> dict[str, str]:
    return {name: fields.get(name, "") for name in columns}


def officer(staff_no: str, **fields: str) -> dict[str, str]:
    known = {"nama": "Petugas Berkas", "email": "p@bkkbn.example", "peran": "petugas", "id_unit": "bkkbn-35.15.08"}
    return row(OFFICERS, nomor_petugas=staff_no, **{**known, **fields})


async def checked(registry: RunningRegistry, of: str, content: bytes, by: str = BKKBN_KAB) -> dict[str, Any]:
    batch = await sent(registry, content, by, of=of)
    assert batch["state"] == "checked", batch
    return batch


async def brought_in(registry: RunningRegistry, of: str, content: bytes, by: str = BKKBN_KAB) -> dict[str, Any]:
    """Send a file, apply it, and return its report."""
    batch = await checked(registry, of, content, by)
    await registry.post(f"/imports/{batch['id']}/apply", by)
    done = await at_rest(registry, batch["id"], by)
    assert done["state"] == "applied", done
    report: dict[str, Any] = done["report"]
    return report


async def person(registry: RunningRegistry, staff_no: str) -> Any:
    rows = await registry.rows("SELECT id, unit, role, left_at FROM officer WHERE staff_no = :no", no=staff_no)
    return rows[0] if rows else None


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))


@pytest.mark.parametrize(("of", "by"), [("units", BKKBN_KAB), ("officers", BKKBN_KAB), ("units", DINSOS_PROVINCE)])
async def test_what_goes_out_comes_in_again_and_changes_nothing(registry: RunningRegistry, of: str, by: str) -> None:
    answer = await registry.get(f"/directory/{of}.csv", by)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    rows = table(answer.content)
    assert tuple(rows[0]) == {"units": UNITS, "officers": OFFICERS}[of]
    before = await registry.rows("SELECT count(*) FROM outbox")
    report = await brought_in(registry, of, answer.content, by)
    assert report["applied"] == {"new": 0, "newer": 0, "unchanged": len(rows), "kept": 0}
    assert report["rejected"] == 0
    assert await registry.rows("SELECT count(*) FROM outbox") == before


async def test_only_coordinators_take_the_directory_out_or_bring_it_in(registry: RunningRegistry) -> None:
    for by in (PKB_LEAD, OPERATOR):
        assert refusal(await registry.get("/directory/officers.csv", by)) == (403, "auth.forbidden")
        answer = await registry.api.post("/imports/officers", content=b"x", headers=registry.signed(by))
        assert refusal(answer) == (403, "auth.forbidden")
    known = table((await registry.get("/directory/officers.csv", DINSOS_KAB)).content)
    assert {each["id_unit"].partition("-")[0] for each in known} == {"dinsos"}
    assert OPERATOR not in {each["nomor_petugas"] for each in known}


async def test_officers_begin_move_and_leave_by_a_file_and_each_is_told_of_once(registry: RunningRegistry) -> None:
    first, second = (f"F-{uuid4()}".upper() for _ in range(2))
    content = as_csv([officer(first), officer(second.lower(), peran="supervisor")], OFFICERS)
    report = await brought_in(registry, "officers", content)
    assert (report["applied"]["new"], report["rejected"]) == (2, 0)
    assert report["applied"]["kept"] > 0, "whom the file does not name stays"
    again = await sent(registry, content, BKKBN_KAB, of="officers")
    assert again["state"] == "applied", "the same file again is the same batch"
    who = await person(registry, first)
    code = (await registry.post(f"/officers/{who.id}/invite", PKB_LEAD)).json()["code"]
    assert await set_password(registry, first, code) == 204
    token = (await registry.sign_in(first, GOOD)).json()["token"]

    moved = as_csv([officer(first, id_unit="BKKBN-35.15"), officer(second, peran="supervisor")], OFFICERS)
    report = await brought_in(registry, "officers", moved)
    assert (report["applied"]["newer"], report["applied"]["unchanged"]) == (1, 1)
    assert (await person(registry, first)).unit == "bkkbn-35.15"
    facts = await registry.facts("officer_changed", who.id)
    assert [(fact["version"], fact["unit"]) for fact in facts] == [(1, "bkkbn-35.15.08"), (2, "bkkbn-35.15")]

    leaving = as_workbook([row(OFFICERS, nomor_petugas=each, keluar="ya") for each in (first, second)], OFFICERS)
    assert (await brought_in(registry, "officers", leaving))["applied"]["newer"] == 2
    assert [fact["version"] for fact in await registry.facts("officer_left", who.id)] == [3]
    assert (await registry.sign_in(first, GOOD)).json()["code"] == "auth.left"

    async def refused() -> bool:
        me = await registry.api.get("/me", headers={"authorization": f"Bearer {token}"})
        return me.status_code == 401

    await until(refused)
    staff = (await registry.get("/units/bkkbn-35.15", PKB)).json()["officers"]
    assert first not in {each["staff_no"] for each in staff}
    back = await checked(registry, "officers", as_csv([officer(first, email="")], OFFICERS))
    assert [kind["code"] for kind in back["report"]["kinds"]] == ["has_left"]


async def test_who_comes_back_gets_a_new_code_and_old_tokens_stay_refused(registry: RunningRegistry) -> None:
    caller = await hired(registry, "bkkbn-35.15.08")
    old = {**registry.signed(caller)}
    await gone(registry, caller)
    assert (await registry.api.get("/me", headers=old)).status_code == 401
    content = as_csv([row(OFFICERS, nomor_petugas=caller.staff_no, keluar="kembali")], OFFICERS)
    assert (await brought_in(registry, "officers", content))["applied"]["newer"] == 1
    code = (await registry.post(f"/officers/{caller.officer}/invite", PKB_LEAD)).json()["code"]
    assert await set_password(registry, caller.staff_no, code) == 204

    async def is_in() -> bool:  # a token of the second in which the departure was last seen is refused
        token = (await registry.sign_in(caller.staff_no, GOOD)).json()["token"]
        return (await registry.api.get("/me", headers={"authorization": f"Bearer {token}"})).status_code == 200

    await until(is_in)
    assert (await registry.api.get("/me", headers=old)).status_code == 401
    await gone(registry, caller)


async def test_rows_about_others_come_back_with_the_reason_and_the_rest_comes_in(registry: RunningRegistry) -> None:
    good = f"F-{uuid4()}".upper()
    rows: list[Mapping[str, str]] = [
        officer(good), officer(BKKBN_PROVINCE, nama="Lain"), officer("F-1", id_unit="dinsos-35.15.08"),
        officer("F-2", peran="operator"), officer("F-3"), officer("f-3"), officer("F-4", nama="=2+2"),
    ]  # fmt: skip
    batch = await checked(registry, "officers", as_csv(rows, OFFICERS))
    found = {(kind["field"], kind["code"]): kind["rows"] for kind in batch["report"]["kinds"]}
    assert found == {
        ("id", "not_yours"): [3], ("unit", "not_yours"): [4], ("role", "code_unknown"): [5], ("id", "twice"): [6, 7],
        ("name", "formula"): [8],
    }  # fmt: skip
    answer = await registry.get(f"/imports/{batch['id']}/rejected", BKKBN_KAB)
    back = table(answer.content)
    assert [each["nomor_petugas"] for each in back] == [BKKBN_PROVINCE, "F-1", "F-2", "F-3", "f-3", "F-4"]
    assert back[0]["alasan"].startswith("id: bukan di bawah unit pengirim")
    await registry.post(f"/imports/{batch['id']}/apply", BKKBN_KAB)
    assert (await at_rest(registry, batch["id"], BKKBN_KAB))["report"]["applied"]["new"] == 1
    assert await person(registry, good)
    assert await person(registry, "F-3") is None
    kept = await registry.rows("SELECT to_jsonb(import_batch)::text FROM import_batch WHERE id = :id", id=batch["id"])
    assert "Petugas Berkas" not in kept[0][0]
    wrong = await sent(registry, as_csv(rows, OFFICERS), BKKBN_KAB, of="units")
    assert wrong["report"]["rejected"] == len(rows), "no row of another list comes in"


async def test_an_office_is_opened_changed_and_closed_by_a_file_and_the_next_start_leaves_it_alone(
    registry: RunningRegistry,
) -> None:
    opened = row(UNITS, id_unit=OPENED, nama_unit="Balai Penyuluhan Selatan", layanan="KIE BKB", kuota="KIE:2",
                 daftar_tunggu="KIE", jam_layanan="sen-jum 08:00-15:00", aktif="ya")  # fmt: skip
    report = await brought_in(registry, "units", as_csv([opened], UNITS))
    assert (report["applied"]["new"], report["applied"]["kept"]) == (1, 19)
    unit = (await registry.get(f"/units/{OPENED}", PKB)).json()
    assert (unit["parent"], unit["level"], unit["services"]) == ("bkkbn-35.15", "kecamatan", ["BKB", "KIE"])
    assert (unit["places"], unit["waitlists"], unit["hours"]["fri"]) == ({"KIE": 2}, ["KIE"], "08:00-15:00")
    assert unit["vacant"] is True

    officer = await hired(registry, OPENED)
    busy = life((await recorded(registry))["id"], BEGUN, service=Service.KIE)
    await registry.hear(busy)
    way = question(Service.KIE, "35.15.08.2001")
    assert (await nearest(registry.database, way, now())).unit == OPENED, "less in hand than the other desk there"
    await gone(registry, officer)
    assert (await nearest(registry.database, way, now())).unit == "bkkbn-35.15.08"

    changed = row(UNITS, id_unit=OPENED, kuota="-", jam_layanan="sen 08:00-12:00")
    renamed = row(UNITS, id_unit="bkkbn-35.15.14", nama_unit="Balai yang Pindah", kuota="KIE:9")
    report = await brought_in(registry, "units", as_csv([changed, renamed], UNITS))
    assert report["applied"]["newer"] == 2
    async with registry.database.read() as tx:
        before = await every(tx)
    assert (before[UnitId(OPENED)].places, before[UnitId(OPENED)].version) == ({}, 2)
    await seed(registry.database, now())
    async with registry.database.read() as tx:
        assert await every(tx) == before
    assert before[UnitId("bkkbn-35.15.14")].title == "Balai yang Pindah"

    closed = as_csv([row(UNITS, id_unit=OPENED, aktif="tidak")], UNITS)
    await brought_in(registry, "units", closed)
    facts = await registry.facts("unit_changed", OPENED)
    assert [(fact["version"], fact["active"]) for fact in facts] == [(1, True), (2, True), (3, False)]
    listed = (await registry.get("/units", PKB, region="35.15.08")).json()["units"]
    assert OPENED not in {each["id"] for each in listed}
