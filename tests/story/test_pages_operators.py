"""Operators' pages: a stuck referral is found, explained and put right, and what was set aside is settled."""

import json
import re
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from temporalio.client import Client

from deploy.local.stack import Stack
from services.cli.stories.stage import Stage
from services.contracts.codes import Service
from services.contracts.lifecycle import Action
from services.kit.dead_letters import DATA, dead_letters, drop
from services.kit.streams import stream_client
from tests.story.pages import Browser, browser, pages, signed_in

pytestmark = pytest.mark.timeout(120)

WHY = "Kantornya kebanjiran sejak kemarin."


@pytest.fixture
async def operator(stage: Stage, stack: Stack, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Browser]:
    async with pages(stack, monkeypatch) as app, browser(app) as reader:
        await signed_in(reader, stack, stage.operator.staff_no, lands_on="Periksa rujukan")
        yield reader


async def _received(stage: Stage) -> str:
    """Return a referral that the PKB's unit has claimed: it waits quietly, for minutes."""
    referral = await stage.referred(stage.tksk, Service.KIE)
    await stage.becomes(stage.pkb, referral, "offered")
    await stage.pkb.act(referral, Action.CLAIM)
    return referral


async def _temporal(stack: Stack) -> Client:
    servers = stack.servers
    return await Client.connect(servers.temporal_address, namespace=servers.temporal_namespace)


async def test_a_referral_without_a_workflow_is_found_explained_and_fed_again(
    stage: Stage, stack: Stack, operator: Browser
) -> None:
    referral = await _received(stage)
    shown = await stage.pkb.show(referral)
    number, address = shown["number"], f"http://{stack.ports.address('workflows')}/runs/{referral}"

    async def fed() -> bool:
        return bool((await stage.operator.get(address))["fed_version"] == shown["version"])

    await stage.until(fed, "nothing is on its way to the workflow that would start it again")
    handle = (await _temporal(stack)).get_workflow_handle(f"referral/{referral}")
    await handle.terminate("a loss")
    await operator.opens(f"/operate/referrals?number={number}")
    assert f'href="/operate/referrals/{referral}"' in operator.shown
    page = f"/operate/referrals/{referral}"
    await operator.opens(page)
    assert "Tidak ada alur kerja yang menunggu rujukan ini" in operator.shown
    assert f"/namespaces/nyekrup/workflows/referral%2F{referral}/" in operator.shown, "a link to the Temporal UI"
    assert "workflow_execution_terminated" in operator.shown
    assert await operator.sends("/operate/repairs/preview", repair="resync", referral=referral) == 200
    assert "1 dari 1 rujukan akan diperbaiki" in operator.shown
    assert "Tidak ada alur kerja; ia dimulai" in operator.shown
    assert await operator.sends("/operate/repairs", text=WHY) == 200
    assert "Tidak ada alur kerja yang menunggu" not in operator.shown
    assert WHY in operator.shown, "the audit line stands on the page"
    assert (await handle.describe()).status is not None
    assert "Menunggu" in operator.shown


async def test_the_next_mark_is_fired_in_an_operators_name_and_the_unit_hears_of_it(
    stage: Stage, operator: Browser
) -> None:
    referral = await _received(stage)
    page = f"/operate/referrals/{referral}"
    await operator.opens(page)
    assert await operator.sends("/operate/repairs/preview", repair="fire_mark", referral=referral) == 200
    preview = operator.shown
    assert "Separuh waktu sudah lewat" in preview
    assert await operator.sends("/operate/repairs") == 422, "without a reason nothing is repaired"
    assert 'role="alert"' in operator.shown
    assert await operator.sends("/operate/repairs", text=WHY) == 200
    assert WHY in operator.shown
    await stage.told(stage.pkb, referral, "reminded")
    reminded = next(line for line in await stage.pkb.timeline(referral) if line["fact"] == "reminded")
    assert (reminded["staff_no"], reminded["said"]) == (stage.operator.staff_no, {"text": WHY})

    async def delivered() -> bool:
        await operator.opens(page)
        return operator.shown.count("terkirim") > 0

    await stage.until(delivered, "its message stands on the page, with the result")
    operator.shown = preview
    assert await operator.sends("/operate/repairs", text=WHY) == 200
    assert "ada yang bertindak lebih dulu" in operator.shown, "what it showed is not so any more"


async def test_many_are_sent_on_at_once_and_each_has_its_own_result(stage: Stage, operator: Browser) -> None:
    first, second = await _received(stage), await _received(stage)
    await operator.opens("/operate/referrals?state=received&service=KIE")
    hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', operator.shown))
    chosen = {"csrf": hidden["csrf"], "key": str(uuid4()), "repair": "send_on", "referral": [first, second]}
    answer = await operator.http.post("/operate/repairs/preview", data={**chosen, "referral": []})
    assert "Pilih dulu paling sedikit satu rujukan" in answer.text
    answer = await operator.http.post("/operate/repairs/preview", data=chosen)
    assert "2 dari 2 rujukan akan diperbaiki" in answer.text
    seen = re.findall(r'name="referral" value="([^"]+)"', answer.text)
    await stage.pkb.act(second, Action.ACCEPT)
    order = {**chosen, "key": str(uuid4()), "referral": seen, "text": WHY}
    done = await operator.http.post("/operate/repairs", data=order)
    assert "1 dari 2 selesai" in done.text
    assert "ada yang bertindak lebih dulu" in done.text
    assert (await operator.http.post("/operate/repairs", data=order)).text.count("selesai") == done.text.count(
        "selesai"
    )
    await stage.told(stage.tksk, first, "sent_on")
    await stage.becomes(stage.bkkbn_kab, first, "offered")
    assert (await stage.pkb.show(second))["state"] == "accepted"


async def test_a_void_that_a_supervisor_asked_for_is_approved_where_it_is_read(stage: Stage, operator: Browser) -> None:
    referral = await _received(stage)
    await stage.tksk_supervisor.act(referral, Action.REQUEST_VOID, reason="wrong_family", text="Salah keluarga.")
    page = f"/operate/referrals/{referral}"
    await operator.opens(page)
    assert "Menunggu Anda sebagai operator" in operator.shown
    assert await operator.sends(f"{page}/approve-void") == 200
    assert (await stage.operator.show(referral))["state"] == "void"


async def test_what_could_not_be_taken_is_put_back_or_discarded_with_a_reason(
    stage: Stage, stack: Stack, operator: Browser
) -> None:
    reason = "Peristiwa uji dari luar."
    client = stream_client(stack.servers.redis_url("admin"))
    event = {
        "specversion": "1.0", "id": str(uuid4()), "source": "nyekrup/notify", "type": "notify.exploded.v1",
        "subject": "3501995001900001", "time": "2026-11-24T03:00:00Z", "datacontenttype": "application/json",
        "dataschema": "notify.exploded.v1", "correlationid": str(uuid4()), "data": {}, "subjectversion": 1,
    }  # fmt: skip
    await client.xadd("notify", {DATA: json.dumps(event).encode()})

    async def aside() -> str | None:
        await operator.opens("/operate/pipes")
        found = re.search(r"/operate/pipes/notify/([0-9]+-[0-9]+)/replay", operator.shown)
        return found.group(1) if found else None

    try:
        entry = await stage.until(aside, "the page shows what was set aside")
        assert "3501995001900001" not in operator.shown
        assert await operator.sends(f"/operate/pipes/notify/{entry}/replay", text=reason) == 200
        assert "Dikembalikan ke salurannya" in operator.shown
        again = await stage.until(aside, "it could not be taken again")
        assert again != entry
        assert await operator.sends(f"/operate/pipes/notify/{again}/discard", text=reason) == 200
        assert "Tidak ada yang disisihkan" in operator.shown
        assert operator.shown.count(reason) == 2, "both stand there with their reason"
    finally:
        for letter in await dead_letters(client, "notify"):
            await drop(client, "notify", letter)
        await client.aclose()
    assert (await operator.http.get("/operate/events/asyncapi.json")).json()["asyncapi"] == "3.0.0"
    assert (await operator.http.get("/operate/events/notify.stopped.v1.json")).json()["title"] == "notify.stopped.v1"
    for name in ("relay:referral", "consumer:referral:workflows", "janitor"):
        assert name in operator.shown
    assert f"http://{stack.ports.address('referral')}/docs" in operator.shown


async def test_only_operators_see_and_repair_what_concerns_everybody(stage: Stage, stack: Stack) -> None:
    address = stage.tksk.addresses
    workflows = f"http://{stack.ports.address('workflows')}"
    someone, text = uuid4(), {"text": WHY}
    asked = [
        ("GET", f"{address.referral}/operations/referrals", None),
        ("GET", f"{address.referral}/operations/referrals/{someone}", None),
        ("POST", f"{address.referral}/operations/repairs/preview", {"repair": "send_on", "referrals": [str(someone)]}),
        ("POST", f"{address.referral}/operations/repairs",
         {"repair": "send_on", "referrals": [{"id": str(someone), "version": 1}], **text}),
        ("GET", f"{address.notify}/messages?referral={someone}", None),
        ("GET", f"{workflows}/runs/{someone}", None),
        ("GET", f"{workflows}/runs/{someone}/events", None),
        ("POST", f"{workflows}/runs/preview", {"referrals": [str(someone)]}),
        ("POST", f"{workflows}/runs/resync", {"referrals": [str(someone)], **text}),
        *((verb, f"http://{stack.ports.address(part)}/pipes{path}", body)
          for part in ("registry", "referral", "notify", "workflows")
          for verb, path, body in (("GET", "", None), ("POST", "/referral/dead-letters/1-0/replay", text),
                                   ("POST", "/referral/dead-letters/1-0/discard", text))),
    ]  # fmt: skip
    for who in (stage.tksk, stage.pkb_supervisor, stage.dpo):
        for verb, url, body in asked:
            key = {"idempotency-key": str(uuid4())}
            answer = await who.http.request(verb, url, json=body, headers=key)
            assert (answer.status_code, answer.json()["code"]) == (403, "auth.forbidden"), url
