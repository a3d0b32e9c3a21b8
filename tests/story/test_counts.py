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
from services.referral.tally import FOLD


async def _counts(who: Person, **query: Any) -> dict[str, Any]:
    found: dict[str, Any] = await who.get(f"{who.addresses.referral}/counts", **query)
    return found


def _rows(stack: Stack, column: str) -> Counter[str]:
    """Count the referrals themselves."""
    with psycopg.connect(stack.servers.database_url("postgres")) as database:
        found = database.execute(
            f"SELECT {column} FROM referral.referral WHERE submitted_at IS NOT NULL"  # type: ignore[arg-type]
        ).fetchall()
    return Counter(value for (value,) in found if value)


async def test_a_referral_is_counted_where_it_is_after_every_step(stage: Stage, stack: Stack) -> None:
    referral = await stage.referred(stage.tksk, Service.KIE)
    await stage.becomes(stage.pkb, referral, "offered")
    offered = (await _counts(stage.operator))["states"]
    await stage.pkb.act(referral, Action.CLAIM)
    claimed = (await _counts(stage.operator))["states"]
    assert claimed["received"] == offered.get("received", 0) + 1
    assert claimed.get("offered", 0) == offered["offered"] - 1
    await stage.pkb.act(referral, Action.DECLINE, reason=DeclineReason.NOT_FOUND)
    assert (await _counts(stage.operator))["states"] == _rows(stack, "state")


async def test_areas_and_units_add_up_to_the_referrals_there_are(stage: Stage, stack: Stack) -> None:
    await stage.becomes(stage.pkb, await stage.referred(stage.tksk, Service.BKB), "offered")
    board, kecamatan = await _counts(stage.operator, units=200), stage.tksk.officer["region"]
    assert {each["unit"]: each["waiting"] for each in board["units"]} == _rows(stack, "waits_for")
    assert sum(sum(each["states"].values()) for each in board["regions"]) == sum(board["states"].values())
    below = await _counts(stage.dinsos_kab_coordinator, under=kecamatan)
    assert below["regions"] == [{"region": kecamatan, "states": below["states"]}]


async def test_a_draft_counts_from_its_submission_on(stage: Stage) -> None:
    family = await stage.tksk.record_family(stage.village, pregnant=True)
    before = (await _counts(stage.operator))["states"]
    await stage.tksk.draft(family, Service.KIE)
    assert (await _counts(stage.operator))["states"] == before


async def test_steps_that_were_folded_into_the_sums_count_once(stage: Stage, stack: Stack) -> None:
    before = await _counts(stage.operator, units=200)
    with psycopg.connect(stack.servers.database_url("referral"), autocommit=True) as database:
        database.execute(FOLD)
        assert database.execute("SELECT count(*) FROM tally_step").fetchone() == (0,)
    assert await _counts(stage.operator, units=200) == before


async def test_only_who_leads_or_repairs_sees_the_board_and_only_of_the_own_area(stage: Stage) -> None:
    for who, query in ((stage.tksk, {}), (stage.dinsos_kab_coordinator, {"under": "35"})):
        with pytest.raises(NotDone) as refused:
            await _counts(who, **query)
        assert refused.value.code == "auth.forbidden"
