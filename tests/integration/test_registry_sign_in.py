"""Signing in, staying in, being kept out."""

import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import jwt
import pytest
from argon2 import PasswordHasher, extract_parameters

from services.contracts.codes import Role
from services.contracts.ids import OfficerId, UnitId, new_id
from services.kit.auth import Verifier
from services.registry.lockout import locked_until
from services.registry.officers import Appointment, appoint, find
from services.registry.passwords import Passwords
from tests.integration.registry_fixtures import (
    BKKBN_KAB,
    BKKBN_PROVINCE,
    DINSOS_KAB,
    DINSOS_PROVINCE,
    PKB,
    PKB_2,
    PKB_LEAD,
    TKSK,
    TKSK_2,
    TKSK_LEAD,
    RunningRegistry,
    new_address,
    now,
    refusal,
    registry,
)

__all__ = ["registry"]

PASSWORD = "a password of a test"


async def hire(registry: RunningRegistry, unit: str, role: Role = Role.OFFICER) -> tuple[OfficerId, str]:
    """Appoint somebody with an account; return the id and the staff number."""
    officer, staff_no = OfficerId(new_id()), f"T-{uuid4()}".upper()
    appointment = Appointment(officer, staff_no, UnitId(unit), role, "Petugas Contoh", "t@dinsos.example")
    hashed = await Passwords().hash(PASSWORD)
    async with registry.database.begin() as tx:
        await appoint(tx, [appointment], registry.keyring, now=now())
    await registry.rows("INSERT INTO account VALUES (:officer, :hash)", officer=officer, hash=hashed)
    return officer, staff_no


async def test_the_token_says_who_somebody_is_and_anybody_can_check_it_with_the_public_keys(
    registry: RunningRegistry,
) -> None:
    answer = await registry.sign_in(TKSK.lower())
    assert answer.status_code == 200, answer.text
    signed_in = answer.json()
    keys = {key["kid"]: key for key in (await registry.api.get("/.well-known/jwks.json")).json()["keys"]}
    kid = jwt.get_unverified_header(signed_in["token"])["kid"]
    claims = jwt.decode(signed_in["token"], jwt.PyJWK(keys[kid]), algorithms=["ES256"], issuer="nyekrup/registry")
    assert (claims["staff_no"], claims["unit"], claims["role"]) == (TKSK, "dinsos-35.15.08", "officer")
    assert Verifier(registry.stack.home.jwks, now=now).caller(signed_in["token"]) == registry.callers[TKSK]
    assert signed_in["officer"]["unit_title"] == "TKSK Kecamatan Sidoarjo"
    assert answer.headers["cache-control"] == "no-store"
    me = await registry.api.get("/me", headers={"authorization": f"Bearer {signed_in['token']}"})
    assert me.json() == signed_in["officer"]


async def test_without_a_token_or_with_a_made_up_one_nothing_is_shown(registry: RunningRegistry) -> None:
    assert refusal(await registry.api.get("/me")) == (401, "auth.missing")
    made_up = {"authorization": "Bearer e30.e30.e30"}
    assert refusal(await registry.api.get("/units", headers=made_up)) == (401, "auth.invalid")


async def test_a_wrong_password_and_an_unknown_number_get_the_same_answer(registry: RunningRegistry) -> None:
    wrong, unknown = await registry.sign_in(TKSK_2, "wrong"), await registry.sign_in(f"X-{uuid4()}", "wrong")
    assert refusal(wrong) == (401, "auth.sign_in_failed")
    assert {**wrong.json(), "request_id": None} == {**unknown.json(), "request_id": None}
    assert wrong.headers.keys() == unknown.headers.keys()


def test_an_unknown_number_costs_the_same_work_as_a_known_one() -> None:
    passwords, hasher = Passwords(), PasswordHasher()
    assert extract_parameters(passwords._nobodys) == extract_parameters(hasher.hash("anything"))
    assert not asyncio.run(passwords.fits("anything", None))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has priorities of threads")
async def test_a_password_is_checked_behind_whatever_else_is_to_do() -> None:
    passwords, loop = Passwords(), asyncio.get_running_loop()
    niceness = await loop.run_in_executor(passwords._threads, os.getpriority, os.PRIO_PROCESS, 0)
    assert niceness > os.getpriority(os.PRIO_PROCESS, 0)


async def test_after_five_failures_an_account_waits_even_with_the_right_password_from_elsewhere(
    registry: RunningRegistry,
) -> None:
    for _ in range(5):
        assert refusal(await registry.sign_in(PKB_2, "wrong")) == (401, "auth.sign_in_failed")
    locked = await registry.sign_in(PKB_2)
    assert refusal(locked) == (429, "auth.locked")
    assert 0 < int(locked.headers["retry-after"]) <= 900
    assert locked.json()["facts"]["minutes"] == "15"
    assert (await registry.sign_in(PKB_LEAD)).status_code == 200
    await registry.rows("UPDATE sign_in_failure SET at = at - interval '15 minutes'")
    assert (await registry.sign_in(PKB_2)).status_code == 200


async def test_after_five_failures_an_address_waits_whoever_it_tries_to_be(registry: RunningRegistry) -> None:
    address = new_address()
    for staff_no in (TKSK_LEAD, DINSOS_KAB, BKKBN_KAB, DINSOS_PROVINCE, BKKBN_PROVINCE):
        assert refusal(await registry.sign_in(staff_no, "wrong", address=address)) == (401, "auth.sign_in_failed")
    assert refusal(await registry.sign_in(PKB, address=address)) == (429, "auth.locked")
    assert (await registry.sign_in(PKB)).status_code == 200


async def test_an_unknown_number_has_to_wait_like_a_known_one(registry: RunningRegistry) -> None:
    nobody = f"X-{uuid4()}"
    for _ in range(5):
        await registry.sign_in(nobody, "wrong")
    assert refusal(await registry.sign_in(nobody, "wrong")) == (429, "auth.locked")


async def test_a_success_clears_the_account_but_not_the_address(registry: RunningRegistry) -> None:
    address = new_address()
    for password in ["wrong"] * 4 + [None]:
        await registry.sign_in(TKSK, password, address=address)
    await registry.sign_in(TKSK, "wrong", address=address)
    assert (await registry.sign_in(TKSK)).status_code == 200
    assert refusal(await registry.sign_in(TKSK, address=address)) == (429, "auth.locked")


@pytest.mark.parametrize(
    ("minutes", "ends_after"),
    [([0, 1, 2, 3, 4], 19), ([0, 1, 2, 3, 15], 30), ([0, 1, 2, 3, 16], None), ([0, 1, 2, 3], None), ([], None)],
)
def test_a_wait_begins_with_the_fifth_failure_within_fifteen_minutes(
    minutes: list[int], ends_after: int | None
) -> None:
    start = datetime(2026, 11, 24, tzinfo=UTC)
    until = locked_until([start + timedelta(minutes=minute) for minute in minutes], 5)
    assert until == (None if ends_after is None else start + timedelta(minutes=ends_after))


async def stay(registry: RunningRegistry, token: str) -> httpx.Response:
    return await registry.api.post("/refresh", json={"refresh_token": token})


async def test_a_refresh_token_works_once_and_a_used_one_ends_the_whole_sign_in(registry: RunningRegistry) -> None:
    first = (await registry.sign_in(TKSK)).json()["refresh_token"]
    another = (await registry.sign_in(TKSK)).json()["refresh_token"]
    second = (await stay(registry, first)).json()["refresh_token"]
    third = (await stay(registry, second)).json()["refresh_token"]
    assert len({first, second, third}) == 3
    assert refusal(await stay(registry, first)) == (401, "auth.invalid")
    assert refusal(await stay(registry, third)) == (401, "auth.invalid")
    assert (await stay(registry, another)).status_code == 200


async def test_of_several_who_use_one_refresh_token_at_once_only_one_is_served(registry: RunningRegistry) -> None:
    token = (await registry.sign_in(TKSK)).json()["refresh_token"]
    answers = await asyncio.gather(*(stay(registry, token) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 7


async def test_a_sign_in_lasts_twelve_hours_however_often_it_is_refreshed(registry: RunningRegistry) -> None:
    token = (await registry.sign_in(TKSK)).json()["refresh_token"]
    next_token = (await stay(registry, token)).json()["refresh_token"]
    await registry.rows(
        "UPDATE refresh_token SET expires_at = expires_at - interval '12 hours' WHERE officer = :officer",
        officer=registry.callers[TKSK].officer,
    )
    assert refusal(await stay(registry, next_token)) == (401, "auth.expired")


async def test_after_signing_out_the_refresh_token_is_worth_nothing(registry: RunningRegistry) -> None:
    token = (await registry.sign_in(TKSK)).json()["refresh_token"]
    for _ in range(2):
        gone = await registry.api.post("/sign-out", json={"refresh_token": token})
        assert gone.status_code == 204
    assert refusal(await stay(registry, token)) == (401, "auth.invalid")


async def test_refresh_tokens_rest_hashed_only(registry: RunningRegistry) -> None:
    token = (await registry.sign_in(TKSK)).json()["refresh_token"]
    found = await registry.rows("SELECT encode(hash, 'hex') AS hash FROM refresh_token")
    assert token.encode().hex() not in {row.hash for row in found}
    hashes = await registry.rows("SELECT password_hash FROM account")
    assert all(row.password_hash.startswith("$argon2id$v=19$m=65536,t=3,p=4$") for row in hashes)


async def test_who_has_left_is_refused_at_once_and_the_unit_is_told(registry: RunningRegistry) -> None:
    officer, staff_no = await hire(registry, "dinsos-35.15.08")
    signed_in = (await registry.sign_in(staff_no, PASSWORD)).json()
    token = {"authorization": f"Bearer {signed_in['token']}"}
    assert (await registry.api.get("/me", headers=token)).status_code == 200
    left = await registry.post(f"/officers/{officer}/leave", TKSK_LEAD)
    assert left.status_code == 200, left.text
    assert refusal(await registry.api.get("/me", headers=token)) == (401, "auth.left")
    assert refusal(await registry.sign_in(staff_no, PASSWORD)) == (401, "auth.left")
    assert refusal(await stay(registry, signed_in["refresh_token"])) == (401, "auth.invalid")
    assert await registry.facts("officer_left", officer) == [
        {"version": 2, "officer": str(officer), "unit": "dinsos-35.15.08"}
    ]
    unit = (await registry.get("/units/dinsos-35.15.08", TKSK)).json()
    assert staff_no not in {each["staff_no"] for each in unit["officers"]}


async def test_leaving_twice_is_leaving_once(registry: RunningRegistry) -> None:
    officer, _ = await hire(registry, "dinsos-35.15.08")
    first = await registry.post(f"/officers/{officer}/leave", DINSOS_KAB)
    again = await registry.post(f"/officers/{officer}/leave", TKSK_LEAD)
    assert first.json() == again.json()
    assert len(await registry.facts("officer_left", officer)) == 1


@pytest.mark.parametrize("by", [TKSK, PKB_LEAD, BKKBN_KAB])
async def test_a_colleague_or_the_other_agency_cannot_end_somebodys_work(registry: RunningRegistry, by: str) -> None:
    officer, _ = await hire(registry, "dinsos-35.15.08")
    assert refusal(await registry.post(f"/officers/{officer}/leave", by)) == (403, "auth.forbidden")
    async with registry.database.read() as tx:
        assert (await find(tx, officer)).left_at is None


async def test_a_departure_that_another_replica_heard_of_is_noticed(registry: RunningRegistry) -> None:
    officer, staff_no = await hire(registry, "dinsos-35.15.08")
    token = (await registry.sign_in(staff_no, PASSWORD)).json()["token"]
    await registry.rows("UPDATE officer SET left_at = now() WHERE id = :officer", officer=officer)
    headers = {"authorization": f"Bearer {token}"}
    async with asyncio.timeout(10):
        while (await registry.api.get("/me", headers=headers)).status_code == 200:
            await asyncio.sleep(0.1)
