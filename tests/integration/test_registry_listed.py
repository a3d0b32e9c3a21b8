"""What the lists say of a family is shown with it: to the agency that recorded it, and to the one whose list it is."""

from datetime import date
from typing import Any
from uuid import uuid4

from services.contracts.ids import new_id
from services.registry.families import nik_hash
from services.registry.importing.sealing import belongs_to
from services.registry.nik import parse_nik
from tests.integration.registry_fixtures import (
    PKB,
    TKSK,
    RunningRegistry,
    new_member,
    new_nik,
    recorded,
    registry,
)
from tests.integration.test_registry_grants import BEGUN, life

__all__ = ["registry"]


async def test_risk_and_assistance_come_with_the_family_and_only_from_lists_that_the_reader_may_see(
    registry: RunningRegistry,
) -> None:
    nik, survey, register = new_nik(), f"PK-{new_nik()}", f"DT-{new_nik()}"
    family = await recorded(registry, TKSK, members=[new_member(nik=nik)])
    await _listed(registry, "dtsen", register, nik, {"desil": 2, "PKH": True, "SEMBAKO": False})
    await _listed(registry, "pk", survey, nik, {})
    await registry.rows(
        "INSERT INTO family_risk (pk_family, region, rule_version, assessed_on, groups, factors, beside, unknown,"
        " at_risk) VALUES (:family, '35.15.08.2001', 'krs-2021.1', '2026-10-05', '{pus_hamil}', '{air_tidak_layak}',"
        " '{}', '{}', true)",
        family=survey,
    )
    try:
        shown = (await registry.get(f"/families/{family['id']}", TKSK)).json()
        assert shown["risk"] is None, "the survey is the other agency's, and did not record this family"
        assert shown["assistance"] == {
            "receives": ["PKH"], "dated": "2020-01-01", "desil": 2, "desil_of": "2020-01-01", "desil_outdated": True,
        }  # fmt: skip
        await registry.hear(life(family["id"], BEGUN, referral_id=new_id(), number="26-990002-1"))
        asked = (await registry.get(f"/families/{family['id']}", PKB)).json()
        assert asked["assistance"] == shown["assistance"]
        assert asked["risk"]["at_risk"] is True
        said = [each["words"]["id"] for each in (*asked["risk"]["groups"], *asked["risk"]["factors"])]
        assert said == ["Ada ibu hamil", "Air minum utama tidak layak"]
        assert nik not in str(asked)
    finally:
        for table in ("family_risk WHERE pk_family", "listed_person WHERE family"):
            await registry.rows(f"DELETE FROM {table} = ANY(:families)", families=[survey, register])


async def test_a_family_that_no_list_names_has_neither(registry: RunningRegistry) -> None:
    family = await recorded(registry, TKSK)
    shown = (await registry.get(f"/families/{family['id']}", TKSK)).json()
    assert (shown["risk"], shown["assistance"]) == (None, None)


async def _listed(registry: RunningRegistry, name: str, family: str, nik: str, says: dict[str, Any]) -> None:
    person = f"{family}-1"
    await registry.rows(
        "INSERT INTO listed_person (list, id, family, region, dated, batch, content_hash, nik_hash, name_hashes,"
        " sealed) VALUES (:list, :id, :family, '35.15.08.2001', '2020-01-01', :batch, '', :nik_hash, '{}', :sealed)",
        list=name,
        id=person,
        family=family,
        batch=uuid4(),
        nik_hash=nik_hash(registry.keyring, parse_nik(nik, date(2026, 1, 1))),
        sealed=registry.keyring.seal(says, belongs_to=belongs_to(name, person)),
    )
