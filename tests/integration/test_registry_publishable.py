"""Stunting risk for committees: who leads, repairs or watches sees it, and small numbers nobody."""

from collections.abc import AsyncIterator

import pytest

from tests.integration.registry_fixtures import (
    BKKBN_KAB,
    DINSOS_KAB,
    DPO,
    OPERATOR,
    TKSK,
    TKSK_LEAD,
    RunningRegistry,
    refusal,
    registry,
)

__all__ = ["registry"]

# By village: how many families at risk, and how many not.
FAMILIES = {"35.15.09.2001": (2, 30), "35.15.09.2002": (12, 40), "35.15.09.2003": (9, 0)}


@pytest.fixture
async def surveyed(registry: RunningRegistry) -> AsyncIterator[RunningRegistry]:
    """Families of this test alone: what others have left would be among what is hidden."""
    await registry.rows("CREATE TABLE set_aside AS SELECT * FROM family_risk")
    await registry.rows("DELETE FROM family_risk")
    rows = [(village, number < at_risk) for village, (at_risk, others) in FAMILIES.items()
            for number in range(at_risk + others)]  # fmt: skip
    for number, (village, at_risk) in enumerate(rows):
        await registry.rows(
            "INSERT INTO family_risk VALUES (:id, :region, 'krs-2021.1', now(), '{pus}',"
            " CAST(:factors AS varchar[]), '{}', '{}', NULL, :at_risk)",
            id=f"P-{number}", region=village, at_risk=at_risk, factors=["terlalu_tua"] if number == 0 else [],
        )  # fmt: skip
    yield registry
    await registry.rows("DELETE FROM family_risk")
    await registry.rows("INSERT INTO family_risk SELECT * FROM set_aside")
    await registry.rows("DROP TABLE set_aside")


async def test_small_numbers_and_those_that_would_betray_them_are_hidden(surveyed: RunningRegistry) -> None:
    answer = (await surveyed.get("/risk/publishable", BKKBN_KAB, area="35.15.09")).json()
    shown = {each["of"][-1]: (each["at_risk"], each["not_at_risk"], each["looked_at"]) for each in answer["areas"]}
    assert shown == {"1": (None, None, 32), "2": (None, None, 52), "3": (9, 0, 9)}
    assert answer["all"] == {"of": "", "looked_at": 93, "at_risk": 23, "not_at_risk": 70}
    assert answer["factors"]["terlalu_tua"] is None
    assert answer["factors"]["terlalu_muda"] == 0


async def test_only_who_leads_repairs_or_watches_sees_it_and_only_of_the_own_area(surveyed: RunningRegistry) -> None:
    for who in (DINSOS_KAB, OPERATOR, DPO):
        assert (await surveyed.get("/risk/publishable", who, area="35.15.08")).status_code == 200
    for who in (TKSK, TKSK_LEAD):
        assert refusal(await surveyed.get("/risk/publishable", who, area="35.15.08")) == (403, "auth.forbidden")
    outside = await surveyed.get("/risk/publishable", DINSOS_KAB, area="35.16")
    assert refusal(outside) == (403, "registry.region_outside_area")


async def test_names_are_told_many_at_once_and_what_nobody_knows_is_left_out(registry: RunningRegistry) -> None:
    asked = ["35.15", "dinsos-35.15.08", "99.99"]
    names = (await registry.get("/names", TKSK, of=asked)).json()["names"]
    assert sorted(names) == ["35.15", "dinsos-35.15.08"]
    assert names["35.15"] == "Kabupaten Sidoarjo"
