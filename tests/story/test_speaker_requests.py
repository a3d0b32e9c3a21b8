"""Requests for a speaker in the whole product: who hears of them, who waits for them, and who learns nothing."""

import pytest

from deploy.local.stack import Stack
from services.cli.demo import Programme
from services.cli.stories import speakers
from services.cli.stories.people import NotDone
from services.cli.stories.stage import Stage
from services.contracts.refusals import STATUS


async def test_the_speaker_and_both_sides_hear_of_what_was_agreed_and_the_desks_say_so(
    programme: Programme, stage: Stage
) -> None:
    request, speaker = programme.referrals["12"], stage.bkkbn_kab

    async def heard() -> list[str]:
        return [
            each["fact"] for each in await speaker.inbox() if each["referral"] == request and each["kind"] == "speaker"
        ] if await _told(stage, request, "agreed") else []  # fmt: skip

    facts = await stage.until(heard, "the speaker hears of it")
    assert set(facts) >= {"offered", "proposed", "countered", "agreed"}
    assert len(facts) == len(set(facts)), "each once, also for who is of the asked unit and speaks"
    told = await stage.tksk.get(f"{stage.tksk.addresses.notify}/speaker-requests/{request}/messages")
    assert {line["unit"] for line in told if line["fact"] == "agreed"} == {stage.tksk.unit, speaker.unit}


async def _told(stage: Stage, request: str, fact: str) -> bool:
    lines = await stage.tksk.get(f"{stage.tksk.addresses.notify}/speaker-requests/{request}/messages")
    return any(line["fact"] == fact for line in lines)


async def test_who_has_no_part_in_a_request_learns_nothing_of_its_messages(programme: Programme, stage: Stage) -> None:
    request, stranger = programme.referrals["12"], stage.pkb
    for path in (f"speaker-requests/{request}", f"referrals/{request}"):
        with pytest.raises(NotDone) as refused:
            await stranger.get(f"{stranger.addresses.notify}/{path}/messages")
        assert STATUS[refused.value.code] == 404


async def test_an_operator_sees_what_waits_for_a_request_and_feeds_it_again(
    programme: Programme, stage: Stage, stack: Stack
) -> None:
    operator, runs = stage.operator, f"http://{stack.ports.address('workflows')}/runs"
    waiting, ended = programme.referrals["15"], programme.referrals["14"]

    async def fed() -> bool:
        seen = await operator.get(f"{runs}/{waiting}", kind="speaker")
        version = (await speakers.shown(stage.tksk, waiting))["version"]
        return bool(seen["run"]["running"] and seen["fed_version"] == version)

    await stage.until(fed, "the newest state is waited for")
    assert not (await operator.get(f"{runs}/{ended}", kind="speaker"))["run"]["running"]
    assert (await operator.get(f"{runs}/{waiting}"))["run"] is None, "it is no referral"
    chosen = {"referrals": [waiting], "kind": "speaker", "text": "Dicoba."}
    done = await operator.post(f"{runs}/resync", chosen)
    assert done["referrals"][0]["version"] == (await speakers.shown(stage.tksk, waiting))["version"]
