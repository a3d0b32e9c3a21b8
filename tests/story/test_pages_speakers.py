"""A speaker is asked for, proposed, agreed to and reported on pages; the calendar and its secret address; rooms."""

import re
from datetime import datetime, timedelta

import pytest

from deploy.local.stack import Stack
from services.cli.stories.stage import Stage
from services.contracts.wib import WIB
from tests.story.pages import Browser, browser, pages, signed_in

pytestmark = pytest.mark.timeout(120)


def _day(ahead: int) -> str:
    return (datetime.now(WIB) + timedelta(days=ahead)).date().isoformat()


async def _asked(asker: Browser, **typed: str) -> str:
    """Ask for a speaker on the page, and return the address of the request."""
    await asker.opens("/speakers/new")
    said = {"topic": "genre", "people_15_19": "40", "language": "jv", "minutes": "120", **typed}
    assert await asker.sends("/speakers/new", **said) == 200, asker.shown
    found = re.search(r'action="(/speakers/[0-9a-f-]{36})/', asker.shown)
    assert found is not None
    return found.group(1)


async def _waits(reader: Browser, stage: Stage, address: str, state: str) -> None:
    async def there() -> bool:
        return await reader.opens(address) == 200 and f'<span class="state">{state}</span>' in reader.shown

    await stage.until(there, f"{address} is: {state}")


async def test_a_session_is_agreed_after_other_times_were_asked_for_and_is_in_both_calendars(
    stage: Stage, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with pages(stack, monkeypatch) as app, browser(app) as tksk, browser(app) as lead:
        await signed_in(tksk, stack, stage.tksk.staff_no)
        await signed_in(lead, stack, stage.bkkbn_kab_coordinator.staff_no)
        await tksk.opens("/speakers/new")
        wrong = {"topic": "genre", "people_15_19": "40", "language": "jv", "note": "Aula lantai dua"}
        assert await tksk.sends("/speakers/new", **wrong) == 422
        assert "Aula lantai dua" in tksk.shown, "what was typed stays"
        wanted = {"day_1": _day(30), "time_1": "09:00", "day_2": _day(31), "time_2": "13:00", "place": "Balai desa"}
        address = await _asked(tksk, note="Mohon bahasa sederhana", **wanted)
        assert "Mohon bahasa sederhana" in tksk.shown
        assert "Usia 15 sampai 19 tahun: 40" in tksk.shown
        await _waits(lead, stage, address, "Menunggu usulan narasumber")
        await lead.opens("/speakers/list/unit")
        assert address in lead.shown
        await lead.opens(address)
        proposal = {"staff_no": stage.pkb.staff_no, "choice": "other", "day_1": _day(35), "time_1": "10:00"}
        assert await lead.sends(f"{address}/propose", minutes="120", **proposal) == 200
        await tksk.opens(address)
        assert await tksk.sends(f"{address}/counter", day_1=_day(36), time_1="08:00", minutes="120") == 200
        await lead.opens(address)
        assert await lead.sends(f"{address}/agree", choice="0") == 200
        await tksk.opens(address)
        assert stage.pkb.staff_no in tksk.shown, "who comes is known to whoever asked"
        assert "Sesi berikutnya" in tksk.shown
        for reader in (tksk, lead):
            assert await reader.opens(f"/calendar?from={_day(36)}") == 200
            assert address in reader.shown
        assert await tksk.sends("/calendar/feed") == 403, "a unit's address is made by those who lead it"
        await lead.opens("/calendar")
        assert await lead.sends("/calendar/feed") == 200
        found = re.search(r"(/calendar/[\w-]+\.ics)", lead.shown)
        assert found is not None
        async with browser(app) as program:
            answer = await program.http.get(found.group(1))
            assert answer.headers["content-type"].startswith("text/calendar")
            assert "BEGIN:VEVENT" in answer.text
            assert (await program.http.get("/calendar/not-a-secret.ics")).status_code == 404


async def test_a_speaker_who_is_taken_is_refused_in_words_and_what_was_typed_stays(
    stage: Stage, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with pages(stack, monkeypatch) as app, browser(app) as tksk, browser(app) as lead:
        await signed_in(tksk, stack, stage.tksk.staff_no)
        await signed_in(lead, stack, stage.bkkbn_kab_coordinator.staff_no)
        time = {"day_1": _day(50), "time_1": "09:00"}
        for expected in (200, 409):
            address = await _asked(tksk, **time)
            await _waits(lead, stage, address, "Menunggu usulan narasumber")
            proposal = {"staff_no": stage.pkb.staff_no, "choice": "0", "text": "Saya usulkan"}
            assert await lead.sends(f"{address}/propose", **proposal) == expected
        assert "Narasumber itu sudah punya sesi" in lead.shown
        assert stage.pkb.staff_no in lead.shown
        assert "Saya usulkan" in lead.shown


async def test_a_room_is_kept_by_whoever_leads_and_chosen_when_a_speaker_is_asked_for(
    stage: Stage, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with pages(stack, monkeypatch) as app, browser(app) as tksk, browser(app) as lead:
        await signed_in(tksk, stack, stage.tksk.staff_no)
        await signed_in(lead, stack, stage.tksk_supervisor.staff_no)
        await lead.opens("/rooms")
        assert await lead.sends("/rooms", title="Aula Melati", seats="0", active="1") == 422
        assert "Aula Melati" in lead.shown, "what was typed stays"
        assert await lead.sends("/rooms", title="Aula Melati", seats="60", active="1") == 200
        await tksk.opens("/speakers/new")
        found = re.search(r'<option value="([0-9a-f-]{36})">Aula Melati', tksk.shown)
        assert found is not None
        await tksk.opens("/rooms")
        assert await tksk.sends("/rooms", title="Gudang", seats="3") == 403
        await _asked(tksk, day_1=_day(60), time_1="09:00", room=found.group(1))
        assert "Aula Melati" in tksk.shown


async def test_an_operator_finds_a_request_sees_what_waits_for_it_and_feeds_it_again(
    stage: Stage, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with pages(stack, monkeypatch) as app, browser(app) as tksk, browser(app) as operator:
        await signed_in(tksk, stack, stage.tksk.staff_no)
        await signed_in(operator, stack, stage.operator.staff_no, lands_on="Lama tiap langkah")
        address = await _asked(tksk, note="Hanya untuk kedua pihak", day_1=_day(80), time_1="09:00")
        assert await operator.opens("/operate/speakers") == 200
        assert address in operator.shown
        assert await operator.opens("/operate/speakers?state=held") == 200
        assert address not in operator.shown
        await _waits(operator, stage, address, "Menunggu usulan narasumber")
        assert "Berjalan dan menunggu." in operator.shown
        assert "Hanya untuk kedua pihak" not in operator.shown
        feed = address.replace("/speakers/", "/operate/speakers/") + "/feed"
        assert await operator.sends(feed, text="Dicoba") == 200
        assert await tksk.opens("/operate/speakers") == 403
