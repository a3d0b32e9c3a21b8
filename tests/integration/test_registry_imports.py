"""Files with lists: read about before anything changes, applied whole or not at all, and known again."""

import csv
import io
import itertools
import os
import random
import signal
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil

from services.kit.auth import Caller
from services.registry.importing.housekeeping import Housekeeping
from services.registry.importing.programs import Programs
from services.registry.importing.sealing import belongs_to
from tests.integration.list_files import PK_COLUMNS, as_csv, as_workbook, pk_row
from tests.integration.registry_fixtures import (
    BKKBN_KAB,
    BKKBN_PROVINCE,
    DINSOS_PROVINCE,
    PKB,
    RunningRegistry,
    now,
    refusal,
    registry,
    until,
)

__all__ = ["registry"]

_numbers = itertools.count(1)
AT_REST = {"checked", "applied", "stopped", "refused"}


def fresh(times: int) -> Iterator[int]:
    return itertools.islice(_numbers, times)


async def sent(
    registry: RunningRegistry, content: bytes, by: str | Caller = BKKBN_PROVINCE, *, of: str = "pk", **query: Any
) -> dict[str, Any]:
    """Send a file and return the batch when nothing is done with it any more."""
    answer = await registry.api.post(f"/imports/{of}", content=content, params=query, headers=registry.signed(by))
    assert answer.status_code == 202, answer.text
    return await at_rest(registry, answer.json()["id"], by)


async def at_rest(registry: RunningRegistry, batch: str, by: str | Caller = BKKBN_PROVINCE) -> dict[str, Any]:
    async def rests() -> dict[str, Any] | None:
        found: dict[str, Any] = (await registry.get(f"/imports/{batch}", by)).json()
        return found if found["state"] in AT_REST else None

    rested: dict[str, Any] = await until(rests, seconds=40)
    return rested


async def applied(registry: RunningRegistry, content: bytes, **query: Any) -> dict[str, Any]:
    batch = await sent(registry, content, **query)
    assert batch["state"] == "checked", batch
    answer = await registry.post(f"/imports/{batch['id']}/apply", BKKBN_PROVINCE)
    assert answer.status_code == 202, answer.text
    done = await at_rest(registry, batch["id"])
    assert done["state"] == "applied", done
    return done


async def person(registry: RunningRegistry, number: int) -> dict[str, Any] | None:
    """Return all that the list says of one person."""
    name = f"PK{number:09d}"
    rows = await registry.rows("SELECT sealed FROM listed_person WHERE list = 'pk' AND id = :id", id=name)
    return registry.keyring.open(rows[0].sealed, belongs_to=belongs_to("pk", name)) if rows else None


async def test_a_file_changes_nothing_until_it_is_applied_and_changes_it_once(registry: RunningRegistry) -> None:
    one, two = fresh(2)
    content = as_csv([pk_row(one), pk_row(two, nik="", hubungan="ISTRI", sumber_air="7")])
    batch = await sent(registry, content)
    assert (batch["state"], batch["report"]["rows"], batch["report"]["new"]) == ("checked", 2, 2)
    risk, district = batch["report"]["risk"], batch["report"]["risk"]["areas"]["35.15"]
    assert (district["families"], district["at_risk"], risk["broken"]) == (2, 1, [])
    assert (district["factors"], district["groups"]) == ({"air_tidak_layak": 1, "terlalu_tua": 1}, {"pus": 1})
    assert await person(registry, one) is None
    done = await applied(registry, content)
    assert done["id"] == batch["id"], "the same file is the same batch"
    assert done["report"]["applied"] == {"new": 2, "newer": 0, "unchanged": 0, "kept": 0}
    assert (await person(registry, one) or {})["name"] == "Sulastri Contoh"
    again = await sent(registry, content)
    assert (again["id"], again["applied_at"]) == (batch["id"], done["applied_at"])


async def test_a_newer_word_wins_an_older_one_does_not_and_nobody_is_taken_away(registry: RunningRegistry) -> None:
    village = "35.15.08.2002"
    stays, newer, older = fresh(3)
    await applied(registry, as_csv([pk_row(each, desa_kode=village) for each in (stays, newer, older)]))
    later = [
        pk_row(newer, desa_kode=village, sumber_air="7", tanggal_data="02/08/2026"),
        pk_row(older, desa_kode=village, sumber_air="7", tanggal_data="31/07/2026"),
    ]
    done = await applied(registry, as_csv(later))
    assert (done["report"]["newer"], done["report"]["older"]) == (1, 1)
    assert done["report"]["applied"] == {"new": 0, "newer": 1, "unchanged": 1, "kept": 1}
    waters = [(await person(registry, each) or {})["water"] for each in (stays, newer, older)]
    assert waters == ["piped", "surface", "piped"]


async def test_rejected_rows_come_back_in_the_same_shape_with_the_reason(registry: RunningRegistry) -> None:
    good, bad, misshapen = fresh(3)
    content = as_csv([pk_row(good), pk_row(bad, nama="", tanggal_lahir="31/02/1990", desa_kode="35.15.99.9999")])
    content += f"PK{misshapen:09d};only;three\r\n".encode()
    batch = await sent(registry, content)
    found = {(kind["field"], kind["code"]): kind["rows"] for kind in batch["report"]["kinds"] if kind["rejects"]}
    assert found == {
        ("name", "missing"): [3], ("birth_date", "date_unreadable"): [3], ("village", "village_unknown"): [3],
        ("", "wrong_shape"): [4],
    }  # fmt: skip
    answer = await registry.get(f"/imports/{batch['id']}/rejected", BKKBN_PROVINCE)
    header, row, odd = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
    assert header == [*PK_COLUMNS, "alasan"]
    assert (row[0], len(row)) == (f"PK{bad:09d}", len(header))
    assert row[-1].startswith("name: wajib diisi")
    assert (odd[0], len(odd)) == (f"PK{misshapen:09d};only;three", len(header))
    assert (batch["report"]["rows"], batch["report"]["rejected"]) == (3, 2)


async def test_a_workbook_that_rounded_its_numbers_comes_in_without_them_and_says_so(registry: RunningRegistry) -> None:
    one, two = fresh(2)
    rows = [
        pk_row(one, nik=3515995501900010.0, rt=7),
        pk_row(two, nik="3,51599E+15", no_kk="'" + "351599010120" + "77"),
    ]
    done = await applied(registry, as_workbook(rows))
    odd = {(kind["field"], kind["code"]): kind["count"] for kind in done["report"]["kinds"]}
    assert odd == {("nik", "rounded_by_spreadsheet"): 2, ("no_kk", "not_16_digits"): 1}
    known = await person(registry, one) or {}
    assert ("nik" in known, known["rt"], known["no_kk"]) == (False, "7", f"351599010120{one:04d}")


async def test_a_file_that_is_no_list_gets_a_sentence_and_leaves_nothing(registry: RunningRegistry) -> None:
    batch = await sent(registry, as_workbook([pk_row(1)])[:2000])
    assert (batch["state"], batch["refusal"]["code"]) == ("refused", "registry.file_unreadable")
    assert len(batch["refusal"]["detail"]) > 40
    assert await registry.rows("SELECT FROM listed_person WHERE batch = :batch", batch=batch["id"]) == []
    assert refusal(await registry.post(f"/imports/{batch['id']}/apply", BKKBN_PROVINCE)) == (
        409, "registry.import_not_checked",
    )  # fmt: skip


async def test_a_column_with_a_strange_header_is_read_when_it_is_named(registry: RunningRegistry) -> None:
    (number,) = fresh(1)
    columns = [name if name != "nama" else "NM KEPENDUDUKAN" for name in PK_COLUMNS]
    row = {name if name != "nama" else "NM KEPENDUDUKAN": value for name, value in pk_row(number).items()}
    content = as_csv([row], columns)
    assert (await sent(registry, content))["refusal"]["code"] == "registry.file_wrong_list"
    done = await applied(registry, content, column="name:nm kependudukan")
    assert done["report"]["columns"]["name"] == "NM KEPENDUDUKAN"


async def test_rows_outside_the_senders_area_stay_out(registry: RunningRegistry) -> None:
    here, elsewhere = fresh(2)
    content = as_csv([pk_row(here), pk_row(elsewhere, desa_kode="35.07.21.2005")])
    batch = await sent(registry, content, BKKBN_KAB)
    assert [kind["code"] for kind in batch["report"]["kinds"] if kind["rejects"]] == ["outside_area"]


async def test_only_who_leads_the_agency_that_keeps_a_list_sends_it_and_sees_it(registry: RunningRegistry) -> None:
    content = as_csv([pk_row(next(_numbers))])
    for stranger in (DINSOS_PROVINCE, PKB):
        answer = await registry.api.post("/imports/pk", content=content, headers=registry.signed(stranger))
        assert refusal(answer) == (403, "auth.forbidden")
    batch = await sent(registry, content)
    for path in ("", "/rejected"):
        answer = await registry.get(f"/imports/{batch['id']}{path}", BKKBN_KAB)
        assert refusal(answer) == (404, "registry.import_not_found")


async def test_a_program_that_is_killed_while_it_works_goes_on_from_there(registry: RunningRegistry) -> None:
    numbers = [10_000_000 + at for at in range(12_000)]
    content = as_csv(pk_row(0, id_anggota=f"PK{at:09d}", kode_keluarga=f"K{at // 4}", nik="") for at in numbers)
    batch = await sent(registry, content)
    assert batch["report"]["new"] == len(numbers)
    await registry.post(f"/imports/{batch['id']}/apply", BKKBN_PROVINCE)
    program = await until(lambda: _program(batch["id"]))
    staged = f'SELECT count(*) FROM "import_{batch["id"].replace("-", "")}"'
    name = f"import_{batch['id'].replace('-', '')}"
    await until(lambda: registry.rows("SELECT WHERE to_regclass(:name) IS NOT NULL", name=name))
    await until(lambda: registry.rows(f'SELECT FROM "{name}" LIMIT 1'))
    os.kill(program, signal.SIGKILL)
    assert (await at_rest(registry, batch["id"]))["state"] == "stopped"
    assert await registry.rows("SELECT FROM listed_person WHERE batch = :batch LIMIT 1", batch=batch["id"]) == []
    half = (await registry.rows(staged))[0][0]
    assert half > 0
    await registry.post(f"/imports/{batch['id']}/apply", BKKBN_PROVINCE)
    stopped = await registry.post(f"/imports/{batch['id']}/stop", BKKBN_PROVINCE)
    assert stopped.json()["state"] == "stopped", "a person may stop it as well"
    await registry.post(f"/imports/{batch['id']}/apply", BKKBN_PROVINCE)
    done = await at_rest(registry, batch["id"])
    assert (done["state"], done["report"]["applied"]["new"]) == ("applied", len(numbers))
    assert refusal(await registry.send("DELETE", f"/imports/{batch['id']}", BKKBN_PROVINCE)) == (
        409, "registry.import_applied",
    )  # fmt: skip
    await registry.rows("DELETE FROM listed_person WHERE batch = :batch", batch=batch["id"])  # others read them all


async def _program(batch: str) -> int | None:
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        if words[-1:] == [batch] and "apply" in words:
            return process.pid
    return None


async def test_what_is_thrown_away_leaves_nothing_behind(registry: RunningRegistry) -> None:
    batch = await sent(registry, as_csv([pk_row(next(_numbers))]))
    folder = Path(registry.stack.home.folder("imports")) / batch["id"]
    assert folder.exists()
    assert (await registry.send("DELETE", f"/imports/{batch['id']}", BKKBN_PROVINCE)).status_code == 204
    assert not folder.exists()
    assert refusal(await registry.get(f"/imports/{batch['id']}", BKKBN_PROVINCE)) == (404, "registry.import_not_found")


async def test_after_thirty_days_no_file_is_left_and_what_came_in_stays(registry: RunningRegistry) -> None:
    forgotten = await sent(registry, as_csv([pk_row(next(_numbers))]))
    (number,) = fresh(1)
    came_in = await applied(registry, as_csv([pk_row(number), pk_row(0, nama="")]))
    recent = await sent(registry, as_csv([pk_row(next(_numbers))]))
    folder, month = Path(registry.stack.home.folder("imports")), timedelta(days=31)
    for batch in (forgotten["id"], came_in["id"]):
        await registry.rows(
            "UPDATE import_batch SET sent_at = sent_at - :month, applied_at = applied_at - :month WHERE id = :id",
            id=batch, month=month,
        )  # fmt: skip
        long_ago = (now() - month).timestamp()
        os.utime(folder / batch, (long_ago, long_ago))
    keep = timedelta(days=30)
    programs = Programs(registry.database, match_after=False)
    await Housekeeping(registry.database, folder, programs, now, daily=False, keep=keep).once()
    kept = {each.name for each in folder.iterdir()} & {forgotten["id"], came_in["id"], recent["id"]}  # noqa: ASYNC240
    assert kept == {recent["id"]}
    assert refusal(await registry.get(f"/imports/{forgotten['id']}", BKKBN_PROVINCE))[0] == 404
    assert (await registry.get(f"/imports/{came_in['id']}", BKKBN_PROVINCE)).json()["state"] == "applied"
    assert await person(registry, number) is not None


async def test_no_word_of_a_person_is_in_the_clear_in_what_is_kept_of_a_file(registry: RunningRegistry) -> None:
    (number,) = fresh(1)
    await applied(registry, as_csv([pk_row(number, nama="Kenanga Rahasia", alamat="Gang Rahasia")]))
    rows = await registry.rows("SELECT to_jsonb(import_batch)::text FROM import_batch")
    rows += await registry.rows("SELECT to_jsonb(p)::text FROM listed_person p WHERE id = :id", id=f"PK{number:09d}")
    kept = "".join(row[0] for row in rows)
    assert "ahasia" not in kept
    assert f"351599550190{number:04d}" not in kept


async def test_neither_the_order_of_rows_nor_that_of_files_changes_what_is_known(registry: RunningRegistry) -> None:
    chance = random.Random(7)
    words = [(name, f"{day:02d}/08/2026", str(chance.randint(1, 7))) for name in "abc" for day in (1, 2, 3)]
    known = []
    for turned in (False, True):
        people = dict(zip("abc", fresh(3), strict=True))
        rows = [pk_row(people[name], nama="Sulastri", nik="", no_kk="", tanggal_data=day, sumber_air=water)
                for name, day, water in words]  # fmt: skip
        files = [
            [row for row in rows if row["tanggal_data"] < "03"],
            [row for row in rows if row["tanggal_data"] > "01"],
        ]
        for file in reversed(files) if turned else files:
            chance.shuffle(file)
            await applied(registry, as_csv(file))
        known.append([{**(await person(registry, each) or {}), "id": "", "family": ""} for each in people.values()])
    assert known[0] == known[1]
    assert {each["dated"] for each in known[0]} == {"2026-08-03"}
