"""Bad input over HTTP: a clear error with a stable code, nothing half done, nothing typed lost."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
import jwt
import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from deploy.local.stack import Stack
from services.cli.stories.people import NotDone
from services.cli.stories.stage import Stage
from services.contracts.codes import Service
from services.contracts.lifecycle import Action


async def _code(awaitable: object) -> str:
    with pytest.raises(NotDone) as refused:
        await awaitable  # type: ignore[misc]
    problem = refused.value.problem
    assert problem["title"]
    assert problem["detail"].endswith(".")
    assert problem["status"] >= 400
    return refused.value.code


def _family(village: str, **member: object) -> dict[str, object]:
    person = {
        "id": str(uuid4()),
        "name": "Contoh",
        "birth_date": "1990-01-02",
        "sex": "male",
        "relation": "head",
        **member,
    }
    return {"id": str(uuid4()), "region": village, "address": "RT 01", "members": [person]}


@pytest.mark.parametrize(
    ("nik", "why"),
    [("35019901019", "not_16_digits"), ("3501990001900001", "day_or_month"), ("3501990101900000", "serial_0000")],
)
async def test_a_malformed_nik_is_refused_with_its_reason_and_never_quoted(stage: Stage, nik: str, why: str) -> None:
    body = _family(stage.village, nik=nik)
    with pytest.raises(NotDone) as refused:
        await stage.tksk.post(f"{stage.tksk.addresses.registry}/families", body)
    assert refused.value.code == "registry.nik_invalid"
    assert why in str(refused.value.problem)
    assert nik not in str(refused.value.problem)
    assert await _code(stage.tksk.get(f"{stage.tksk.addresses.registry}/families/{body['id']}"))


async def test_a_nik_whose_date_disagrees_is_a_warning_not_a_rejection(stage: Stage) -> None:
    nik = f"350199{15:02d}0388{uuid4().int % 9998 + 1:04d}"
    answer = await stage.tksk.post(f"{stage.tksk.addresses.registry}/families", _family(stage.village, nik=nik))
    assert answer["warnings"], "the birth date and the NIK's date differ"


async def test_an_unknown_region_and_a_region_outside_the_area_are_told_apart(stage: Stage) -> None:
    url = f"{stage.tksk.addresses.registry}/families"
    assert await _code(stage.tksk.post(url, _family("35.99.99.2001"))) == "registry.region_unknown"
    assert await _code(stage.tksk.post(url, _family("35.16.01.2001"))) == "registry.region_outside_area"


async def test_an_unknown_service_and_an_unknown_field_are_refused_before_anything_is_written(stage: Stage) -> None:
    url = f"{stage.tksk.addresses.referral}/referrals"
    draft = {"id": str(uuid4()), "family": str(uuid4()), "service": "BLT", "draft": {"basis": "public_task"}}
    assert await _code(stage.tksk.post(url, draft)) == "request.invalid"
    surplus = {**draft, "service": "KIE", "urgent": True}
    assert await _code(stage.tksk.post(url, surplus)) == "request.invalid"
    assert await _code(stage.tksk.show(str(draft["id"]))) == "referral.not_found"


async def test_a_service_of_ones_own_agency_cannot_be_asked_for(stage: Stage) -> None:
    assert await _code(stage.tksk.draft(uuid4(), Service.PKH)) == "referral.wrong_direction"


async def test_a_family_that_is_not_known_yet_can_be_drafted_but_not_submitted(stage: Stage) -> None:
    draft = await stage.tksk.draft(uuid4(), Service.KIE)
    with pytest.raises(NotDone) as refused:
        await stage.tksk.act(draft["id"], Action.SUBMIT)
    assert refused.value.code == "referral.family_not_known_yet"
    assert (await stage.tksk.show(draft["id"]))["state"] == "draft", "the draft is kept"


async def test_an_action_that_the_state_does_not_allow_says_so_and_changes_nothing(stage: Stage) -> None:
    referral = await stage.referred(stage.tksk, Service.KIE)
    offered = await stage.becomes(stage.pkb, referral, "offered")
    assert await _code(stage.pkb.act(referral, Action.ACCEPT)) == "referral.action_not_allowed"
    after = await stage.pkb.show(referral)
    assert (after["state"], after["acted_version"]) == (offered["state"], offered["acted_version"])


async def test_a_stale_version_is_told_that_somebody_was_faster(stage: Stage) -> None:
    referral = await stage.referred(stage.tksk, Service.KIE)
    offered = await stage.becomes(stage.pkb, referral, "offered")
    await stage.pkb.act(referral, Action.CLAIM)
    stale = stage.pkb.act(referral, Action.DECLINE, seen=offered["acted_version"], reason="no_capacity")
    assert await _code(stale) == "referral.changed"


async def test_a_stranger_does_not_learn_that_a_referral_exists(stage: Stage) -> None:
    draft = await stage.tksk.draft(uuid4(), Service.KIE)
    assert await _code(stage.pkb.show(draft["id"])) == "referral.not_found"
    assert await _code(stage.pkb.act(draft["id"], Action.CLAIM, seen=1)) == "referral.not_found"


async def test_the_sender_cannot_accept_in_the_receivers_place(stage: Stage) -> None:
    referral = await stage.referred(stage.tksk, Service.KIE)
    await stage.becomes(stage.tksk, referral, "offered")
    assert await _code(stage.tksk.act(referral, Action.CLAIM)) == "referral.not_yours"


async def test_a_unit_outside_the_area_cannot_be_offered_to(stage: Stage) -> None:
    family = await stage.tksk.record_family(stage.village, restricted=True)
    draft = await stage.tksk.draft(family, Service.KIE)
    await stage.submitted(stage.tksk, draft["id"])
    offer = stage.tksk_supervisor.act(draft["id"], Action.OFFER, unit="bkkbn-35.16.01")
    assert await _code(offer) == "referral.unit_outside_area"
    assert (await stage.tksk_supervisor.show(draft["id"]))["parked"] == "restricted"


async def test_the_same_command_twice_has_one_effect_and_one_answer(stage: Stage) -> None:
    url = f"{stage.tksk.addresses.referral}/referrals"
    body = {"id": str(uuid4()), "family": str(uuid4()), "service": "KIE", "draft": {"basis": "public_task"}}
    key = uuid4()
    one, other = await asyncio.gather(stage.tksk.post(url, body, key=key), stage.tksk.post(url, body, key=key))
    assert one == other
    assert len(await stage.tksk.timeline(body["id"])) == 1  # type: ignore[arg-type]
    reused = {**body, "id": str(uuid4())}
    assert await _code(stage.tksk.post(url, reused, key=key)) == "request.key_reused"


async def test_a_command_without_a_key_is_refused(stage: Stage) -> None:
    answer = await stage.tksk.http.post(f"{stage.tksk.addresses.referral}/referrals", json={})
    assert answer.json()["code"] in {"request.key_missing", "request.invalid"}
    assert answer.status_code in {400, 422}


async def test_a_second_live_referral_for_the_same_need_wants_a_reason(stage: Stage) -> None:
    family = await stage.tksk.record_family(stage.village)
    first = await stage.tksk.draft(family, Service.BKB)
    await stage.submitted(stage.tksk, first["id"])
    second = await stage.tksk.draft(family, Service.BKB)
    with pytest.raises(NotDone) as refused:
        await stage.tksk.act(second["id"], Action.SUBMIT)
    assert refused.value.code == "referral.duplicate_need"
    assert first["number"] in refused.value.detail
    overridden = await stage.tksk.act(second["id"], Action.SUBMIT, override=True, text="Kebutuhan anak kedua.")
    assert overridden["parked"] == "duplicate_overridden"


async def test_a_body_over_64_kilobytes_is_refused_in_words(stage: Stage) -> None:
    huge = {"expected_version": 1, "text": "a" * 70_000}
    answer = await stage.tksk.http.post(
        f"{stage.tksk.addresses.referral}/referrals/{uuid4()}/note",
        json=huge,
        headers={"idempotency-key": str(uuid4())},
    )
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "request.too_large"


@pytest.mark.parametrize("authorization", [None, "Bearer nonsense", "Basic abc"])
async def test_without_a_good_token_nothing_is_answered(stage: Stage, authorization: str | None) -> None:
    headers = {"authorization": authorization} if authorization else {}
    async with httpx.AsyncClient(headers=headers) as nobody:
        answer = await nobody.get(f"{stage.tksk.addresses.referral}/queues/mine")
    assert answer.status_code == 401
    assert answer.json()["code"].startswith("auth.")


async def test_an_expired_token_is_told_to_sign_in_again(stage: Stage, stack: Stack) -> None:
    token = stage.tksk.http.headers["authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, options={"verify_signature": False})
    claims["exp"] = int((datetime.now(UTC) - timedelta(minutes=1)).timestamp())
    header = jwt.get_unverified_header(token)
    old = jwt.encode(claims, stack.home.signing_key.read_bytes(), algorithm="ES256", headers={"kid": header["kid"]})
    async with httpx.AsyncClient(headers={"authorization": f"Bearer {old}"}) as late:
        answer = await late.get(f"{stage.tksk.addresses.referral}/queues/mine")
    assert answer.json()["code"] == "auth.expired"


async def test_a_token_signed_by_somebody_else_is_refused(stage: Stage) -> None:
    token = stage.tksk.http.headers["authorization"].removeprefix("Bearer ")
    claims = jwt.decode(token, options={"verify_signature": False})
    header = jwt.get_unverified_header(token)
    forged = jwt.encode(claims, ec.generate_private_key(ec.SECP256R1()), algorithm="ES256", headers=header)
    async with httpx.AsyncClient(headers={"authorization": f"Bearer {forged}"}) as forger:
        answer = await forger.get(f"{stage.tksk.addresses.referral}/queues/mine")
    assert answer.json()["code"] == "auth.invalid"


async def test_the_reader_chooses_the_language_of_a_refusal(stage: Stage) -> None:
    async with httpx.AsyncClient(headers={"accept-language": "en"}) as reader:
        answer = await reader.get(f"{stage.tksk.addresses.referral}/queues/mine")
    assert answer.headers["content-language"] == "en"


async def test_a_refused_action_leaves_an_audit_line_and_nothing_else(stage: Stage, stack: Stack) -> None:
    referral = await stage.referred(stage.tksk, Service.KIE)
    await stage.becomes(stage.pkb, referral, "offered")
    lines = len(await stage.tksk.timeline(referral))
    await _code(stage.tksk.act(referral, Action.CLAIM))
    assert len(await stage.tksk.timeline(referral)) == lines
    with psycopg.connect(stack.servers.database_url("referral")) as database:
        query = "SELECT code FROM refusal WHERE referral = %s AND action = 'claim'"
        rows = database.execute(query, [referral]).fetchall()
    assert rows == [("referral.not_yours",)]


async def test_a_family_that_ones_unit_may_not_read_cannot_be_referred_and_the_attempt_leaves_a_line(
    stage: Stage, stack: Stack
) -> None:
    # Restricted, so that no unit is asked for it by itself; submitted, so that the record knows it.
    family, attempt = await stage.tksk.record_family(stage.village, restricted=True), str(uuid4())
    await stage.submitted(stage.tksk, (await stage.tksk.draft(family, Service.KIE))["id"])
    body = {"id": attempt, "family": str(family), "service": "PKH", "draft": {"basis": "public_task"}}
    url = f"{stage.pkb.addresses.referral}/referrals"
    assert await _code(stage.pkb.post(url, body)) == "referral.family_not_yours"
    with psycopg.connect(stack.servers.database_url("referral")) as database:
        query = "SELECT action, officer::text, code FROM refusal WHERE referral = %s"
        rows = database.execute(query, [attempt]).fetchall()
    assert rows == [("create", stage.pkb.officer["id"], "referral.family_not_yours")]
