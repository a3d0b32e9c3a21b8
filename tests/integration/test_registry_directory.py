"""The directory: who is asked when a desk is closed, full or empty; hours, closures, waiting lists; how an officer gets
a password."""

from datetime import timedelta
from uuid import uuid4

import pytest

from services.contracts.codes import Agency, Role, Service
from services.contracts.ids import OfficerId, UnitId, new_id
from services.contracts.lifecycle import State
from services.contracts.wib import WIB
from services.kit.auth import Caller
from services.registry.activities import nearest
from services.registry.officers import Appointment, appoint, find
from tests.integration.registry_fixtures import (
    BKKBN_KAB,
    BKKBN_PROVINCE,
    DINSOS_KAB,
    DINSOS_PROVINCE,
    OPERATOR,
    PKB,
    PKB_LEAD,
    TKSK,
    RunningRegistry,
    new_address,
    now,
    recorded,
    refusal,
    registry,
)
from tests.integration.test_registry_grants import ACCEPTED, BEGUN, CLAIMED, life
from tests.integration.test_registry_offices import question

__all__ = ["registry"]

# A kabupaten of its own, in which nobody works but whom these tests appoint.
KAB, DESK, VILLAGE = "dinsos-35.16", "dinsos-35.16.01", "35.16.01.2001"
GOOD = "empat kata yang acak"


async def hired(registry: RunningRegistry, unit: str, role: Role = Role.OFFICER, village: str | None = None) -> Caller:
    officer = OfficerId(new_id())
    who = Appointment(officer, f"H-{uuid4()}", UnitId(unit), role, "Petugas Contoh", "h@dinsos.example", village)  # type: ignore[arg-type]
    async with registry.database.begin() as tx:
        await appoint(tx, [who], registry.keyring, now=now())
        return (await find(tx, officer)).caller


async def gone(registry: RunningRegistry, *who: Caller) -> None:
    for each in who:
        assert (await registry.post(f"/officers/{each.officer}/leave", OPERATOR)).status_code == 200


async def asked(registry: RunningRegistry, service: Service = Service.PKH, *excluded: str) -> str | None:
    return (await nearest(registry.database, question(service, VILLAGE, *excluded), now())).unit


async def test_an_empty_desk_shows_as_vacant_and_the_next_one_upward_is_asked(registry: RunningRegistry) -> None:
    boss = await hired(registry, KAB, Role.COORDINATOR)
    village_team = await hired(registry, DESK, village=VILLAGE)
    assert (await registry.get(f"/units/{DESK}", TKSK)).json()["vacant"] is True
    assert await asked(registry) == KAB, "who sees only what is assigned opens no queue"
    officer = await hired(registry, DESK)
    assert await asked(registry) == DESK
    empty = (await registry.get("/units", TKSK, region="35.16", agency="dinsos", vacant=True)).json()["units"]
    staffed = (await registry.get("/units", TKSK, region="35.16", agency="dinsos", vacant=False)).json()["units"]
    assert ([unit["id"] for unit in staffed], len(empty)) == ([KAB, DESK], 17)
    await gone(registry, officer)
    assert (await registry.get(f"/units/{DESK}", TKSK)).json()["vacant"] is True
    assert await asked(registry) == KAB
    await gone(registry, boss, village_team)


async def test_where_nobody_can_answer_the_nearest_is_asked_all_the_same(registry: RunningRegistry) -> None:
    assert await asked(registry) == "dinsos-35", "somebody works in the province"
    assert await asked(registry, Service.PKH, "dinsos-35") == DESK
    assert await asked(registry, Service.PKH, "dinsos-35", DESK) == KAB


async def test_a_closed_desk_is_asked_only_when_it_is_open_again(registry: RunningRegistry) -> None:
    boss, officer = await hired(registry, KAB, Role.COORDINATOR), await hired(registry, DESK)
    today = now().astimezone(WIB).date()
    path, key = f"/units/{DESK}/closures", uuid4()
    closure = {"first_day": str(today), "last_day": str(today + timedelta(days=2)), "reason": "training"}
    first = await registry.send("PUT", path, boss, {"closures": [closure]}, key=key)
    assert first.json()["closures"] == [closure]
    assert (await registry.send("PUT", path, boss, {"closures": [closure]}, key=key)).headers["idempotency-replayed"]
    assert (await registry.send("PUT", path, boss, {"closures": [closure]})).json() == first.json()
    assert await asked(registry) == KAB
    assert (await registry.get(f"/units/{DESK}", TKSK)).json()["closures"] == [closure]
    later = now() + timedelta(days=3)
    assert (await nearest(registry.database, question(Service.PKH, VILLAGE), later)).unit == DESK
    twice = await registry.send("PUT", path, boss, {"closures": [closure, closure]})
    assert refusal(twice) == (422, "request.invalid")
    assert refusal(await registry.send("PUT", path, officer, {"closures": []})) == (403, "auth.forbidden")
    assert (await registry.send("PUT", path, boss, {"closures": []})).json()["version"] == first.json()["version"] + 1
    assert await asked(registry) == DESK
    await gone(registry, boss, officer)


async def test_a_full_desk_is_passed_over_unless_it_keeps_a_waiting_list(registry: RunningRegistry) -> None:
    boss, officer = await hired(registry, KAB, Role.COORDINATOR), await hired(registry, DESK)
    await registry.send("PUT", f"/units/{DESK}/places/SEMBAKO", boss, {"limit": 1})
    assert await asked(registry, Service.SEMBAKO) == DESK
    family = await recorded(registry)
    steps = (*BEGUN[:2], ("offered", State.OFFERED, {"unit_to": DESK, "attempt": 1}), CLAIMED, ACCEPTED)
    held = life(family["id"], steps, service=Service.SEMBAKO, agency_from=Agency.BKKBN, unit_from="bkkbn-35.16.01")
    await registry.hear(held)
    assert (await registry.get(f"/units/{DESK}", TKSK)).json()["held"] == {"SEMBAKO": 1}
    assert await asked(registry, Service.SEMBAKO) == KAB
    assert await asked(registry, Service.PKH) == DESK, "full for one service only"
    kept = await registry.send("PUT", f"/units/{DESK}/waitlist/SEMBAKO", boss, {"kept": True})
    assert kept.json()["kept"] is True
    assert await asked(registry, Service.SEMBAKO) == DESK
    assert (await registry.get(f"/units/{DESK}", TKSK)).json()["waitlists"] == ["SEMBAKO"]
    none = await registry.send("PUT", f"/units/{DESK}/waitlist/KIE", boss, {"kept": True})
    assert refusal(none) == (422, "referral.unit_gives_no_such_service")
    await gone(registry, boss, officer)


async def test_opening_hours_are_told_of_once_and_shown(registry: RunningRegistry) -> None:
    path, hours = f"/units/{DESK}/hours", {"mon": "08:00-15:00", "fri": "08:00-11:00"}
    before = len(await registry.facts("unit_changed", DESK))
    for _ in range(2):
        assert (await registry.send("PUT", path, DINSOS_PROVINCE, {"hours": hours})).json()["hours"] == hours
    assert len(await registry.facts("unit_changed", DESK)) == before + 1
    assert (await registry.get(f"/units/{DESK}", TKSK)).json()["hours"] == hours
    for wrong in ({"mon": "15:00-08:00"}, {"mon": "8-15"}, {"senin": "08:00-15:00"}):
        assert refusal(await registry.send("PUT", path, DINSOS_PROVINCE, {"hours": wrong})) == (422, "request.invalid")
    assert refusal(await registry.send("PUT", path, DINSOS_KAB, {"hours": hours})) == (403, "auth.forbidden")


async def set_password(
    registry: RunningRegistry, staff_no: str, code: str, password: str = GOOD, at: str = ""
) -> object:
    body = {"staff_no": staff_no, "code": code, "password": password}
    answer = await registry.api.post("/sign-in/password", json=body, headers={"x-forwarded-for": at or new_address()})
    return refusal(answer) if answer.is_error else answer.status_code


async def test_a_new_officer_sets_a_password_by_a_code_that_works_once(registry: RunningRegistry) -> None:
    officer = await hired(registry, "bkkbn-35.15.08")
    path = f"/officers/{officer.officer}/invite"
    first = (await registry.post(path, PKB_LEAD)).json()
    invited = await registry.post(path, BKKBN_KAB)
    assert invited.headers["cache-control"] == "no-store"
    code, staff_no = invited.json()["code"], officer.staff_no
    assert await set_password(registry, staff_no, first["code"]) == (401, "auth.code_failed"), "a newer one was made"
    assert await set_password(registry, staff_no, code, "pendek") == (422, "auth.password_weak")
    assert await set_password(registry, staff_no, code, staff_no) == (422, "auth.password_weak")
    assert await set_password(registry, "NOBODY", code) == (401, "auth.code_failed")
    assert await set_password(registry, staff_no.lower(), f" {code.upper()} ") == 204
    assert (await registry.sign_in(staff_no, GOOD)).status_code == 200
    assert await set_password(registry, staff_no, code) == (401, "auth.code_failed")
    kept = await registry.rows("SELECT code_hash FROM invitation")
    assert kept == []
    await gone(registry, officer)


async def test_a_code_that_has_run_out_and_too_many_wrong_ones_open_nothing(registry: RunningRegistry) -> None:
    officer, address = await hired(registry, "bkkbn-35.15.08"), new_address()
    code = (await registry.post(f"/officers/{officer.officer}/invite", PKB_LEAD)).json()["code"]
    await registry.rows("UPDATE invitation SET expires_at = now() - interval '1 second'")
    assert await set_password(registry, officer.staff_no, code, at=address) == (401, "auth.code_failed")
    code = (await registry.post(f"/officers/{officer.officer}/invite", PKB_LEAD)).json()["code"]
    for _ in range(4):
        await set_password(registry, officer.staff_no, "wrong", at=address)
    assert await set_password(registry, officer.staff_no, code) == (429, "auth.locked")
    await gone(registry, officer)
    assert refusal(await registry.post(f"/officers/{officer.officer}/invite", PKB_LEAD)) == (
        404, "registry.officer_unknown",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("by", "whom"),
    [(PKB, PKB), (TKSK, PKB), (DINSOS_KAB, PKB), (PKB_LEAD, BKKBN_KAB), (BKKBN_KAB, BKKBN_KAB),
     (BKKBN_KAB, BKKBN_PROVINCE), (DINSOS_PROVINCE, OPERATOR)],
)  # fmt: skip
async def test_a_code_is_given_only_by_whoever_may_appoint_that_officer(
    registry: RunningRegistry, by: str, whom: str
) -> None:
    answer = await registry.post(f"/officers/{registry.callers[whom].officer}/invite", by)
    assert refusal(answer) == (403, "auth.forbidden")


async def test_an_officer_changes_the_own_password_and_every_sign_in_ends(registry: RunningRegistry) -> None:
    officer = await hired(registry, "bkkbn-35.15.08")
    code = (await registry.post(f"/officers/{officer.officer}/invite", OPERATOR)).json()["code"]
    await set_password(registry, officer.staff_no, code)
    signed_in = (await registry.sign_in(officer.staff_no, GOOD)).json()
    path, other = "/me/password", "lima kata lain yang acak"
    headers = {"x-forwarded-for": new_address(), **registry.signed(officer)}

    async def change(old: str, new: str) -> object:
        answer = await registry.api.post(path, json={"old": old, "new": new}, headers=headers)
        return refusal(answer) if answer.is_error else answer.status_code

    assert await change("wrong", other) == (403, "auth.password_wrong")
    assert await change(GOOD, "pendek") == (422, "auth.password_weak")
    assert await change(GOOD, other) == 204
    renewed = await registry.api.post("/refresh", json={"refresh_token": signed_in["refresh_token"]})
    assert refusal(renewed) == (401, "auth.invalid")
    assert (await registry.sign_in(officer.staff_no, GOOD)).status_code == 401
    assert (await registry.sign_in(officer.staff_no, other)).status_code == 200
    await gone(registry, officer)
