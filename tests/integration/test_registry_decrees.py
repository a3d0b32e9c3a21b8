"""Areas that get other codes by decree: who lives there stays there, and is found under the new code."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg

from services.contracts.codes import Agency, Role, Service
from services.contracts.commands import RouteQuestion
from services.contracts.ids import OfficerId, ReferralId, RegionCode, UnitId, new_id
from services.kit.auth import Caller
from services.registry.activities import nearest
from services.registry.matching.lists import records
from services.registry.officers import Appointment, appoint, find
from services.registry.seeding import seed
from tests.integration.list_files import as_csv, pk_row
from tests.integration.registry_fixtures import (
    BKKBN_KAB,
    BKKBN_PROVINCE,
    DINSOS_PROVINCE,
    OPERATOR,
    TKSK,
    RunningRegistry,
    new_family,
    new_member,
    new_nik,
    now,
    recorded,
    refusal,
    registry,
)
from tests.integration.test_registry_imports import applied, at_rest, sent

__all__ = ["registry"]

MOVED, MOVED_TO, NEW_KECAMATAN = "35.01.01.2005", "35.01.19.2005", "35.01.19"
LISTED, LISTED_TO = "35.01.01.2006", "35.01.01.2916"
FIRST = {"decree": "Perda Contoh 1/2026", "effective": "2026-01-01"}


def decree(*changes: tuple[str | None, str], name: str | None = None, **fields: Any) -> dict[str, Any]:
    listed = [{"old": old, "new": new, **({} if old else {"name": name})} for old, new in changes]
    return {**FIRST, "decree": f"Perda Contoh {uuid4()}", "changes": listed, **fields}


async def village_team(registry: RunningRegistry, village: str) -> Caller:
    """Appoint a member of a village team there, and return her."""
    officer = OfficerId(new_id())
    someone = Appointment(
        officer=officer, staff_no=f"B-{officer}", unit=UnitId("bkkbn-35.01.01"), role=Role.OFFICER,
        name="Anggota TPK Contoh", email="tpk@bkkbn.example", village=RegionCode(village),
    )  # fmt: skip
    async with registry.database.begin() as tx:
        await appoint(tx, [someone], registry.keyring, now=now())
    return await anew(registry, officer)


async def anew(registry: RunningRegistry, officer: OfficerId) -> Caller:
    """Return the officer as the next token knows her."""
    async with registry.database.read() as tx:
        return (await find(tx, officer)).caller


async def proposed(registry: RunningRegistry, region: str) -> None:
    """Put a link, a risk and a candidate there, as the lists leave them."""
    await registry.rows(
        "INSERT INTO person_link (dtsen, pk, decision, score, kind, evidence, region)"
        " VALUES (:id, :id, 'join', 1, 'nik', '{}', :region)", id=str(uuid4()), region=region,
    )  # fmt: skip
    await registry.rows(
        "INSERT INTO family_risk VALUES (:id, :region, 'krs-2021.1', now(), '{}', '{}', '{}', '{}', NULL, true)",
        id=str(uuid4()), region=region,
    )  # fmt: skip
    await registry.rows(
        "INSERT INTO candidate VALUES (gen_random_uuid(), 'KIE', 'dinsos', 'dtsen', '', :region, 1, 'normal', '', '')",
        region=region,
    )


async def living_in(registry: RunningRegistry, region: str) -> dict[str, int]:
    tables = ("family", "listed_person", "person_link", "family_risk", "candidate")
    counts = [f"(SELECT count(*) FROM {table} WHERE region = :region) AS {table}" for table in tables]
    return dict((await registry.rows(f"SELECT {', '.join(counts)}", region=region))[0]._mapping)


async def found_by_name(registry: RunningRegistry, name: str, region: str) -> list[str]:
    answer = await registry.post("/families/search", DINSOS_PROVINCE, {"name": name, "region": region})
    return [each["id"] for each in answer.json()["families"]]


async def test_a_village_with_a_new_code_under_a_new_kecamatan_keeps_its_families_and_its_team(
    registry: RunningRegistry,
) -> None:
    family = await recorded(
        registry, DINSOS_PROVINCE, region=MOVED, members=[new_member(nik=new_nik(), name="Wagiyem Laras")]
    )
    ours = await recorded(registry, BKKBN_PROVINCE, region=MOVED)
    team = await village_team(registry, MOVED)
    await proposed(registry, MOVED)
    body = decree((None, NEW_KECAMATAN), (MOVED, MOVED_TO), name="Contoh Baru")
    looked_at = (await registry.post("/regions/decrees/preview", OPERATOR, body)).json()
    assert {name: looked_at[name] for name in ("changes", "families", "officers", "candidates", "decided_at")} == {
        "changes": 2, "families": 2, "officers": 1, "candidates": 1, "decided_at": None,
    }  # fmt: skip
    assert await found_by_name(registry, "Wagiyem Laras", MOVED) == [family["id"]], "a look changes nothing"

    answer = await registry.post("/regions/decrees", OPERATOR, body)
    assert answer.status_code == 200, answer.text
    assert answer.json() == {**looked_at, "decided_at": answer.json()["decided_at"]}
    assert answer.json()["decided_at"] is not None
    assert set((await living_in(registry, MOVED)).values()) == {0}
    assert await living_in(registry, MOVED_TO) == {
        "family": 2, "listed_person": 0, "person_link": 1, "family_risk": 1, "candidate": 1,
    }  # fmt: skip
    facts = await registry.facts("family_recorded", ours["id"])
    assert [(fact["version"], fact["region"]) for fact in facts] == [(1, MOVED), (2, MOVED_TO)]
    assert await found_by_name(registry, "Wagiyem Laras", MOVED_TO) == [family["id"]]
    assert await found_by_name(registry, "Wagiyem Laras", MOVED) == []
    told = (await registry.facts("officer_changed", team.officer))[-1]
    assert (told["version"], told["village"]) == (2, MOVED_TO)
    assert (await anew(registry, team.officer)).village == MOVED_TO
    offices = [(await registry.get(f"/units/{agency}-{NEW_KECAMATAN}", TKSK)).json() for agency in ("bkkbn", "dinsos")]
    assert [(each["parent"], each["active"]) for each in offices] == [("bkkbn-35.01", True), ("dinsos-35.01", True)]


async def test_an_area_shows_what_it_was_called_and_an_old_code_what_it_has_become(registry: RunningRegistry) -> None:
    old, then, last = "35.01.01.2009", "35.01.01.2919", "35.01.01.2929"
    for change in ((old, then), (then, last)):
        assert (await registry.post("/regions/decrees", BKKBN_PROVINCE, decree(change))).status_code == 200
    shown = (await registry.get(f"/regions/{last}", TKSK)).json()
    assert [(each["old"], each["new"]) for each in shown["earlier"]] == [(then, last), (old, then)]
    ended = (await registry.get(f"/regions/{old}", TKSK)).json()
    assert (ended["valid_to"], ended["now"], ended["name"]) == ("2026-01-01", last, shown["name"])
    assert refusal(await registry.post("/families", DINSOS_PROVINCE, new_family(old))) == (
        422,
        "registry.region_unknown",
    )
    assert (await registry.post("/families", DINSOS_PROVINCE, new_family(last))).status_code == 201


async def test_the_same_decree_twice_is_one_and_a_restart_undoes_none(registry: RunningRegistry) -> None:
    body, key = decree(("35.01.01.2011", "35.01.01.2911")), uuid4()
    family = await recorded(registry, DINSOS_PROVINCE, region="35.01.01.2011")
    first = await registry.post("/regions/decrees", DINSOS_PROVINCE, body, key=key)
    same_key = await registry.post("/regions/decrees", DINSOS_PROVINCE, body, key=key)
    same_content = await registry.post("/regions/decrees", OPERATOR, body)
    assert first.json() == same_key.json()
    assert same_content.json() == {**first.json(), "families": 0}
    await seed(registry.database, now())
    valid = await registry.rows("SELECT code FROM region WHERE code LIKE '35.01.01.2%11' AND valid_to IS NULL")
    assert [row.code for row in valid] == ["35.01.01.2911"]
    assert len(await registry.facts("family_recorded", family["id"])) == 2


async def test_a_renumbered_kecamatan_keeps_its_offices_and_an_old_question_finds_them(
    registry: RunningRegistry,
) -> None:
    villages = (await registry.get("/regions", TKSK, parent="35.01.10")).json()
    changes = [
        ("35.01.10", "35.01.27"),
        *((each["code"], each["code"].replace("35.01.10", "35.01.27")) for each in villages),
    ]
    await registry.rows("UPDATE unit SET set_by = :who WHERE id = 'dinsos-35.01.10'", who=new_id())
    assert (await registry.post("/regions/decrees", OPERATOR, decree(*changes))).status_code == 200
    assert (await registry.facts("unit_changed", "dinsos-35.01.10"))[-1]["region"] == "35.01.27", "by people, or not"
    office = (await registry.facts("unit_changed", "bkkbn-35.01.10"))[-1]
    assert (office["region"], office["active"], office["version"]) == ("35.01.27", True, 2)
    question = RouteQuestion(
        referral_id=ReferralId(new_id()), service=Service.KIE, agency=Agency.BKKBN, region=villages[0]["code"],
        excluded=(UnitId("bkkbn-35"),),  # the only one where anybody works
    )  # fmt: skip
    assert (await nearest(registry.database, question, now())).unit == "bkkbn-35.01.10"
    await seed(registry.database, now())
    assert len(await registry.facts("unit_changed", "bkkbn-35.01.10")) == 2


async def test_a_decree_that_does_not_fit_is_refused_whole_with_every_line_that_is_wrong(
    registry: RunningRegistry,
) -> None:
    await recorded(registry, DINSOS_PROVINCE, region="35.01.01.2012")
    body = decree(
        ("35.01.01.2999", "35.01.01.2998"), ("35.01.01.2010", "35.01.01.2012"), ("35.01.11", "35.02.99"),
        ("35.01.01.2008", "35.01.98.2008"), (None, "35.01.01.2997"),
    )  # fmt: skip
    answer = await registry.post("/regions/decrees", OPERATOR, body)
    assert refusal(answer) == (422, "registry.decree_unsound")
    assert [(each["at"], each["problem"]) for each in answer.json()["fields"]] == [
        ("body.changes.0.35.01.01.2999", "old_unknown"),
        ("body.changes.1.35.01.01.2010", "new_in_use"),
        ("body.changes.2.35.01.11", "left_behind"),
        ("body.changes.2.35.01.11", "another_kabkota"),
        ("body.changes.3.35.01.01.2008", "parent_unknown"),
        ("body.changes.4.35.01.01.2997", "name_missing"),
    ]
    assert (await registry.get("/regions/35.01.01.2010", TKSK)).json()["valid_to"] is None
    for change in (("35.01.01.2010", "35.01.01"), ("35.01", "35.99"), ("35.01.01.2010", "35.01.01.3024")):
        assert refusal(await registry.post("/regions/decrees", OPERATOR, decree(change))) == (422, "request.invalid")


async def test_only_the_province_and_an_operator_decree_and_not_for_tomorrow(registry: RunningRegistry) -> None:
    body = decree(("35.01.01.2010", "35.01.01.2924"))
    for by in (TKSK, BKKBN_KAB):
        for path in ("/regions/decrees", "/regions/decrees/preview"):
            assert refusal(await registry.post(path, by, body)) == (403, "auth.forbidden")
    later = {**body, "effective": str((now() + timedelta(days=2)).date())}
    assert refusal(await registry.post("/regions/decrees", OPERATOR, later)) == (422, "request.invalid")


async def test_while_a_list_is_worked_on_a_decree_waits(registry: RunningRegistry) -> None:
    body = decree(("35.01.01.2010", "35.01.01.2924"))
    with psycopg.connect(registry.database.url) as matching:
        matching.execute("SELECT pg_advisory_xact_lock(hashtextextended('registry.matching', 0))")
        assert refusal(await registry.post("/regions/decrees", OPERATOR, body)) == (409, "registry.lists_under_way")


async def test_a_list_that_says_an_old_code_means_the_village_of_today(registry: RunningRegistry) -> None:
    before, after = (
        pk_row(9001, id_anggota="R-before", desa_kode=LISTED),
        pk_row(9002, id_anggota="R-after", desa_kode=LISTED),
    )
    await applied(registry, as_csv([before]))
    waiting = await sent(registry, as_csv([pk_row(9003, id_anggota="R-waiting", desa_kode=LISTED)]))
    assert (await registry.post("/regions/decrees", OPERATOR, decree((LISTED, LISTED_TO)))).status_code == 200
    done = await applied(registry, as_csv([after]))
    (kind,) = [each for each in done["report"]["kinds"] if each["code"] == "village_renumbered"]
    assert (kind["field"], kind["count"], kind["rejects"]) == ("village", 1, False)
    # As if it had been sealed before the decree, and were only now taken over.
    await registry.rows("UPDATE listed_person SET region = :old WHERE id = 'R-before'", old=LISTED)
    await registry.post(f"/imports/{waiting['id']}/apply", BKKBN_PROVINCE)
    assert (await at_rest(registry, waiting["id"]))["state"] == "applied"
    with psycopg.connect(registry.database.url) as reading:
        said = {each["id"]: each["village"] for page in records(reading, registry.keyring, "pk") for each in page}
    assert (said["R-before"], said["R-after"]) == (LISTED_TO, LISTED_TO)
    assert (await living_in(registry, LISTED))["listed_person"] == 0


async def test_who_worked_in_a_renumbered_village_reads_its_families(registry: RunningRegistry) -> None:
    team = await village_team(registry, "35.01.01.2008")
    family = await recorded(registry, team, region="35.01.01.2008")
    assert (
        await registry.post("/regions/decrees", OPERATOR, decree(("35.01.01.2008", "35.01.01.2908")))
    ).status_code == 200
    assert (await registry.get(f"/families/{family['id']}", await anew(registry, team.officer))).status_code == 200
    stranger = replace(team, village=RegionCode("35.01.01.2001"))
    assert refusal(await registry.get(f"/families/{family['id']}", stranger)) == (404, "registry.family_not_found")
