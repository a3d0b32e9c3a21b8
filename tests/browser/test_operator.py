"""The operator finds a stuck referral, reads why it is stuck, and puts it right."""

from collections.abc import Awaitable, Callable

from playwright.async_api import expect
from temporalio.client import Client

from deploy.local.stack import Stack
from services.cli.stories.stage import Stage
from services.contracts.codes import Service
from services.contracts.lifecycle import Action, State
from tests.browser.people import Desk


async def test_a_referral_whose_workflow_is_lost_is_found_read_and_repaired(
    stage: Stage, stack: Stack, sits_down: Callable[..., Awaitable[Desk]]
) -> None:
    referral = await stage.referred(stage.tksk, Service.KIE)
    await stage.becomes(stage.pkb, referral, State.OFFERED)
    await stage.pkb.act(referral, Action.CLAIM)
    number, run = (await stage.pkb.show(referral))["number"], await _lost(stage, stack, referral)
    desk = await sits_down("operator")
    await desk.page.get_by_role("link", name="Periksa rujukan").click()
    await desk.page.get_by_label("Nomor rujukan").fill(number)
    await desk.press("Cari")
    await desk.page.get_by_role("link", name=number).click()
    await expect(desk.page.get_by_text("Tidak ada alur kerja yang menunggu rujukan ini").first).to_be_visible()
    await desk.looks("operator-stuck")
    await desk.press("Selaraskan alur kerja dari catatan")
    await expect(desk.page.get_by_text("1 dari 1 rujukan akan diperbaiki")).to_be_visible()
    await desk.looks("operator-repair")
    await desk.page.get_by_label("Alasan").fill("Alur kerjanya hilang.")
    await desk.page.locator("form", has=desk.page.get_by_label("Alasan")).get_by_role("button").last.click()
    await expect(desk.page.get_by_text("Tidak ada alur kerja yang menunggu")).to_have_count(0)
    await desk.looks("operator-repaired")
    assert await _runs(stack, referral) not in {None, run}


async def _lost(stage: Stage, stack: Stack, referral: str) -> str | None:
    """Terminate the workflow, as a lost database would; return its run."""
    address = f"http://{stack.ports.address('workflows')}/runs/{referral}"
    version = (await stage.pkb.show(referral))["version"]

    async def fed() -> bool:
        return bool((await stage.operator.get(address))["fed_version"] == version)

    await stage.until(fed, "nothing is on its way that would start it again")
    run = await _runs(stack, referral)
    await (await _temporal(stack)).get_workflow_handle(f"referral/{referral}").terminate("a loss")
    return run


async def _runs(stack: Stack, referral: str) -> str | None:
    return (await (await _temporal(stack)).get_workflow_handle(f"referral/{referral}").describe()).run_id


async def _temporal(stack: Stack) -> Client:
    return await Client.connect(stack.servers.temporal_address, namespace=stack.servers.temporal_namespace)
