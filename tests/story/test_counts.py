"""The board of those who lead: how many referrals there are, by state, area and unit, always as many as there are."""

from collections import Counter
from typing import Any

import psycopg
import pytest

from deploy.local.stack import Stack
from services.cli.stories.people import NotDone, Person
from services.cli.stories.stage import Stage
from services.contracts.codes import DeclineReason, Service
from services.contracts.lifecycle import Action


async def _counts(who: Person, **query: Any) -> dict[str, Any]:
    found: dict[str, Any] = await who.get(f"{who.addresses.referral}/counts", **query)
    return found


def _rows(stack: Stack, column: str, **where: str) -> Counter[str]:
    """Count the referrals themselves."""
    with psycopg.connect(stack.servers.database_url("postgres")) as database:
        found = database.execute(
            f"SELECT {column} FROM referral.referral WHERE submitted_at IS NOT NULL"  # type: ignore[arg-type]
            " AND starts_with(region, %(under)s)",
            {"under": where.get("under", "")},
        ).fetchall()
    return Counter(value for (value,) in found if value)


async def agrees(stage: Stage, stack: Stack) -> None:
    """Wait for a moment in which no clock moves a referral between the question and the rows."""

    async def the_same() -> bool:
        board = await _counts(stage.operator, units=200)
        units = {each["unit"]: each["waiting"] for each in board["units"]}
        return (board["states"], units) == (_rows(stack, "state"), _rows(stack, "waits_for"))

    await stage.until(the_same, "the board and the referrals say the same")


async def test_the_board_says_what_the_referrals_say_after_every_step(stage: Stage, stack: Stack) -> None:
    referral = await stage.referred(stage.tksk, Service.KIE)
    await stage.becomes(stage.pkb, referral, "offered")
    await agrees(stage, stack)
    await stage.pkb.act(referral, Action.CLAIM)
    await agrees(stage, stack)
    await stage.pkb.act(referral, Action.DECLINE, reason=DeclineReason.NOT_FOUND)
    await agrees(stage, stack)


async def test_areas_add_up_and_an_area_is_what_lies_in_it(stage: Stage, stack: Stack) -> None:
    await stage.becomes(stage.pkb, await stage.referred(stage.tksk, Service.BKB), "offered")
    board, kecamatan = await _counts(stage.operator), stage.tksk.officer["region"]
    assert sum(sum(each["states"].values()) for each in board["regions"]) == sum(board["states"].values())

    async def the_same() -> bool:
        below = await _counts(stage.dinsos_kab_coordinator, under=kecamatan)
        assert below["regions"] == [{"region": kecamatan, "states": below["states"]}]
        return bool(below["states"] == _rows(stack, "state", under=kecamatan))

    await stage.until(the_same, "the board of a kecamatan and its referrals say the same")


async def test_only_who_leads_repairs_or_watches_sees_the_board_and_only_of_the_own_area(stage: Stage) -> None:
    for address in ("counts", "board", "counts/publishable", "listing"):
        name = "region" if address == "listing" else "under"
        for who, query in ((stage.tksk, {}), (stage.dinsos_kab_coordinator, {name: "35"})):
            with pytest.raises(NotDone) as refused:
                await who.get(f"{who.addresses.referral}/{address}", **query)
            assert refused.value.code == "auth.forbidden", address


async def test_a_list_shows_little_of_a_restricted_case_to_who_has_no_part_in_it(stage: Stage) -> None:
    family = await stage.tksk.record_family(stage.village, restricted=True, pregnant=True)
    draft = await stage.tksk.draft(family, Service.KIE)
    await stage.submitted(stage.tksk, draft["id"])
    lead, url = stage.bkkbn_kab_coordinator, f"{stage.operator.addresses.referral}/listing"

    async def row(who: Person, **query: str) -> dict[str, Any] | None:
        rows = (await who.get(url, limit=200, agency_from="dinsos", **query))["referrals"]
        found: dict[str, Any] | None = next((each for each in rows if each["id"] == draft["id"]), None)
        return found

    seen, by_operator = await row(lead), await row(stage.operator, service="KIE")
    assert seen is not None
    assert (seen["service"], seen["region"], seen["part"]) == (None, None, False)
    assert await row(lead, service="KIE") is None, "the filter would say what the row does not"
    assert by_operator is not None
    assert (by_operator["service"], by_operator["part"]) == ("KIE", True)
    with pytest.raises(NotDone) as refused:
        await stage.operator.get(url, moved="came")
    assert refused.value.code == "request.invalid"
