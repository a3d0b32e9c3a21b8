"""Every page, seen by a role that works with it: weighed, pictured on a phone and on a desk, and looked at by axe."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import pytest
from fastapi.routing import APIRoute
from playwright.async_api import Browser

from services.cli.stories import homes, speakers
from services.cli.stories.stage import Stage
from services.console.__main__ import ROUTERS
from services.contracts.codes import Priority, Service
from services.contracts.lifecycle import Action, State
from tests.browser.people import Desk

WALKS: Mapping[str, tuple[str, ...]] = {
    "tksk": (
        "/work/unit", "/work/sent", "/refer", "/unsent", "/families/new", "/families/{family}",
        "/families/{family}/refer?service=KIE", "/referrals/{referral}", "/referrals/{referral}/letter",
        "/referrals/{draft}", "/referrals/{draft}/edit", "/speakers/list/sent", "/speakers/new", "/speakers/{speaker}",
        "/calendar",
    ),
    "pkb": ("/work/unit",),
    "pkb_supervisor": ("/team", "/team/assign", "/team/decisions", "/referrals/{referral}"),
    "dinsos_kab_coordinator": (
        "/work/unit", "/team", "/team/decisions", "/board", "/books", "/counts", "/joint-report",
    ),
    "bkkbn_kab_coordinator": ("/speakers/list/unit", "/speakers/{speaker}", "/speakers/{asked}", "/calendar?of=area"),
    "operator": (
        "/board", "/board/list", "/operate/referrals", "/operate/referrals/{referral}", "/operate/pipes", "/books",
        "/counts", "/operate/speakers", "/speakers/{asked}",
    ),
    "dpo": ("/board", "/books", "/counts"),
    "upt_supervisor": (
        "/placement", "/placement/waiting/upt-psbr-jombang/UPT-PSBR?intake={intake}",
        "/placement/intakes/{intake}/hand-over", "/referrals/{placed}", "/rooms",
    ),
}  # fmt: skip
# What is no page: parts of one, files, lines, and redirections; what is there before anybody signs in.
NO_PAGES = {
    "/", "/live", "/session", "/worker.js", "/manifest.webmanifest", "/static/{mark}/{name}", "/work/{tab}/rows",
    "/speakers", "/speakers/list/{tab}/rows", "/calendar/{token}.ics",
    "/board/figures", "/books/lines.csv", "/counts/table.csv", "/joint-report/table.csv",
    "/placement/intakes/{intake_id}/hand-over.csv", "/referrals/{referral_id}/letter.pdf",
    "/operate/events/asyncapi.json", "/operate/events/{event_type}.json", "/sign-in",
}  # fmt: skip
# For cheap phones on poor lines. Less than the least would be no page with its style and script.
LEAST_BYTES, MOST_BYTES = 5_000, 60_000
_PLAIN = str.maketrans("", "", "{}")


def test_no_page_is_left_out() -> None:
    routes = [
        each for router in ROUTERS for each in router.routes if isinstance(each, APIRoute) and "GET" in each.methods
    ]
    walked = {path.partition("?")[0] for paths in WALKS.values() for path in paths}
    left = {each.path for each in routes if not any(each.path_regex.match(path) for path in walked)}
    assert left == NO_PAGES


@pytest.fixture(scope="module")
async def made(stage: Stage) -> dict[str, str]:
    """What there is to see: referrals in both directions and several states, one of them served, and a draft."""
    others = (Service.BKB, Service.PIK_R, Service.DASHAT)
    await asyncio.gather(
        *(stage.referred(stage.tksk, each, priority=Priority.HIGH) for each in others),
        *(stage.referred(stage.pkb, each) for each in (Service.PKH, Service.SEMBAKO)),
        stage.referred(stage.tksk, Service.TPK_DAMPING, priority=Priority.URGENT),
    )
    referral = await stage.referred(stage.tksk, Service.KIE)
    shown = await stage.becomes(stage.pkb, referral, State.OFFERED)
    for action in (Action.CLAIM, Action.ACCEPT):
        await stage.pkb.act(referral, action)
    draft = await stage.tksk.draft(await stage.tksk.record_family(stage.village, pregnant=True), Service.TPK_DAMPING)
    intake = await homes.one_place(stage)
    placed, waiting = [await homes.studied(stage) for _ in range(2)]
    for each in (placed, waiting):
        await stage.upt.act(each, Action.ENLIST, intake=intake)
    await stage.upt_supervisor.act(placed, Action.OFFER_PLACE)
    speaker, asked = await _speakers(stage)
    made = {"referral": referral, "family": shown["family"], "draft": draft["id"], "speaker": speaker, "asked": asked}
    return {**made, "intake": intake, "placed": placed}


async def _speakers(stage: Stage) -> tuple[str, str]:
    """Return a request for a speaker that is agreed, and one that waits for a proposal."""
    lead = stage.bkkbn_kab_coordinator
    agreed, asked = [
        await speakers.asked(stage, stage.tksk, {"times": [speakers.in_days(days), speakers.in_days(days + 1)]})
        for days in (3, 90)
    ]
    await speakers.agreed(stage, stage.tksk, lead, agreed)
    await speakers.offered_to(stage, lead, asked)
    return agreed, asked


@pytest.mark.parametrize("nickname", WALKS)
async def test_the_pages_of_a_role_fit_a_phone_and_a_desk_and_everybody_can_use_them(
    nickname: str, made: dict[str, str], sits_down: Callable[..., Awaitable[Desk]]
) -> None:
    desk = await sits_down(nickname, service_workers="block")
    for path in WALKS[nickname]:
        status, weight = await desk.opens_anew(path.format(**made))
        assert status == 200, path
        assert LEAST_BYTES < weight < MOST_BYTES, f"{path} weighs {weight} with all its files"
        await desk.looks(f"{nickname}{path.partition('?')[0].replace('/', '-').translate(_PLAIN)}")


async def test_a_number_that_nobody_has_is_said_to_be_unknown(sits_down: Callable[..., Awaitable[Desk]]) -> None:
    desk = await sits_down("tksk")
    await desk.page.get_by_label("Nomor rujukan atau desa").fill("26-999999-9")
    await desk.press("Cari")
    await desk.looks("not-found")
    assert "999999" not in desk.page.url


async def test_who_is_not_signed_in_sees_how(made: dict[str, str], sits_down: Callable[..., Awaitable[Desk]]) -> None:
    desk = await sits_down("tksk")
    await desk.press("Keluar")
    await desk.looks("sign-in")


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("<main><h1>A</h1><img src='x.png'></main>", "image-alt"),
        ("<main><h1>A</h1><input></main>", "label"),
        ("<main><h1>A</h1><p style='color: #ccc'>pale</p></main>", "color-contrast"),
        ("<main><h1>A</h1><pre style='width: 3000px'>wide</pre></main>", "sticks out"),
    ],
)
async def test_what_is_wrong_with_a_page_is_found(body: str, what: str, chrome: Browser) -> None:
    page = await chrome.new_page()
    await page.set_content(f"<!doctype html><html lang='id'><title>A</title>{body}</html>")
    with pytest.raises(AssertionError, match=what):
        await Desk(page).looks("wrong")
    await page.close()
