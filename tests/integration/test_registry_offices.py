"""Areas, offices, places, and the way upward."""

from datetime import timedelta
from uuid import uuid4

import pytest
from temporalio import workflow
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from services.contracts.codes import Agency, ParkReason, Service
from services.contracts.commands import ROUTE, Route, RouteQuestion
from services.contracts.ids import ReferralId, RegionCode, UnitId, new_id
from services.registry.activities import nearest
from services.registry.units import all_units
from tests.integration.registry_fixtures import (
    BKKBN_KAB,
    BKKBN_PROVINCE,
    DINSOS_KAB,
    DINSOS_PROVINCE,
    DPO,
    OPERATOR,
    PKB_LEAD,
    TKSK,
    TKSK_LEAD,
    RunningRegistry,
    neighbour_of,
    now,
    refusal,
    registry,
)

__all__ = ["registry"]


async def test_areas_are_walked_downward_and_each_knows_what_it_lies_in(registry: RunningRegistry) -> None:
    assert [each["code"] for each in (await registry.get("/regions", TKSK)).json()] == ["35"]
    assert len((await registry.get("/regions", TKSK, parent="35")).json()) == 38
    villages = (await registry.get("/regions", TKSK, parent="35.15.08")).json()
    assert villages[-1] == {"code": "35.15.08.2024", "name": "Sumput", "level": "desa", "parent": "35.15.08"}
    village = (await registry.get("/regions/35.15.08.2024", TKSK)).json()
    assert [each["code"] for each in village["path"]] == ["35.15.08", "35.15", "35"]
    assert refusal(await registry.get("/regions/35.15.08.9999", TKSK)) == (422, "registry.region_unknown")
    assert refusal(await registry.get("/regions/35.15.8", TKSK)) == (422, "request.invalid")


async def test_who_works_in_an_office_or_below_it_is_listed_the_nearest_first(registry: RunningRegistry) -> None:
    found = (await registry.get("/units/bkkbn-35.15/officers", TKSK)).json()
    units = [each["unit"] for each in found]
    assert units[0] == "bkkbn-35.15"
    assert {"bkkbn-35.15", "bkkbn-35.15.08"} <= set(units)
    assert all(each.startswith("bkkbn-35.15") for each in units)
    named = {"staff_no": PKB_LEAD.lower()}
    assert [each["staff_no"] for each in (await registry.get("/units/bkkbn-35/officers", TKSK, **named)).json()] == [
        PKB_LEAD
    ]
    assert (await registry.get("/units/dinsos-35/officers", TKSK, **named)).json() == []


async def test_offices_are_listed_page_by_page_each_once(registry: RunningRegistry) -> None:
    seen: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = (await registry.get("/units", TKSK, limit=200, **after)).json()
        seen += [unit["id"] for unit in page["units"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert len(seen) == len(set(seen))
    assert {unit.id for unit in all_units()} <= set(seen)


async def test_offices_are_found_by_area_agency_and_service(registry: RunningRegistry) -> None:
    async def found(**wanted: str) -> list[str]:
        return [unit["id"] for unit in (await registry.get("/units", TKSK, **wanted)).json()["units"]]

    assert await found(region="35.15.08") == ["bkkbn-35.15.08", "dinsos-35.15.08"]
    assert len(await found(region="35.15", agency="bkkbn")) == 19
    assert await found(region="35", service="UPT-PPSAA", agency="dinsos") == [
        "dinsos-35",
        "upt-ppsaa-nganjuk",
        "upt-ppsaa-situbondo",
        "upt-ppsaa-sumenep",
        "upt-ppsaa-trenggalek",
    ]


async def test_an_office_shows_who_works_there_for_assigning_work(registry: RunningRegistry) -> None:
    unit = (await registry.get("/units/bkkbn-35.15.08", TKSK)).json()
    staff = {each["staff_no"]: each["role"] for each in unit["officers"]}
    assert staff["B-35.15.08-01"] == "officer"
    assert staff[PKB_LEAD] == "supervisor"
    assert {"id", "staff_no", "role"} == set(unit["officers"][0])
    assert "TPK-DAMPING" in unit["services"]
    assert refusal(await registry.get("/units/bkkbn-35.15.99", TKSK)) == (404, "registry.unit_unknown")


async def test_new_places_are_told_of_once_and_the_same_number_again_changes_nothing(registry: RunningRegistry) -> None:
    path, key = "/units/dinsos-35.15.08/places/PKH", uuid4()
    first = await registry.send("PUT", path, TKSK_LEAD, {"limit": 7}, key=key)
    assert first.json() == {"unit": "dinsos-35.15.08", "service": "PKH", "limit": 7, "version": 2}
    repeated = await registry.send("PUT", path, TKSK_LEAD, {"limit": 7}, key=key)
    assert repeated.headers["idempotency-replayed"] == "true"
    assert (await registry.send("PUT", path, DINSOS_KAB, {"limit": 7})).json() == first.json()
    facts = await registry.facts("unit_changed", "dinsos-35.15.08")
    assert [(fact["version"], fact["places"].get("PKH")) for fact in facts] == [(1, None), (2, 7)]
    assert (await registry.get("/units/dinsos-35.15.08", TKSK)).json()["places"] == {"PKH": 7}


@pytest.mark.parametrize("by", [TKSK, PKB_LEAD, BKKBN_KAB, BKKBN_PROVINCE, DPO])
async def test_only_who_leads_the_office_says_how_many_places_it_has(registry: RunningRegistry, by: str) -> None:
    answer = await registry.send("PUT", "/units/dinsos-35.15.08/places/SEMBAKO", by, {"limit": 1})
    assert refusal(answer) == (403, "auth.forbidden")


async def test_an_institution_belongs_to_the_province_not_to_the_kabupaten_it_stands_in(
    registry: RunningRegistry,
) -> None:
    path = "/units/upt-psbr-jombang/places/UPT-PSBR"
    assert (await registry.send("PUT", path, DINSOS_PROVINCE, {"limit": 90})).status_code == 200
    of_jombang = neighbour_of(registry.caller(DINSOS_KAB), "35.17")
    assert refusal(await registry.send("PUT", path, of_jombang, {"limit": 80})) == (403, "auth.forbidden")
    assert (await registry.send("PUT", "/units/dinsos-35.17.01/places/PKH", of_jombang, {"limit": 80})).is_success


async def test_places_of_a_service_that_the_office_does_not_give_are_refused(registry: RunningRegistry) -> None:
    path = "/units/dinsos-35.15.08/places"
    refused = await registry.send("PUT", f"{path}/KIE", OPERATOR, {"limit": 1})
    assert refusal(refused) == (422, "referral.unit_gives_no_such_service")
    assert refusal(await registry.send("PUT", f"{path}/PKH", OPERATOR, {"limit": -1})) == (422, "request.invalid")
    no_key = await registry.api.put(f"{path}/PKH", json={"limit": 1}, headers=registry.signed(OPERATOR))
    assert refusal(no_key) == (400, "request.key_missing")


def question(service: Service, region: str, *excluded: str) -> RouteQuestion:
    units = tuple(map(UnitId, excluded))
    referral = ReferralId(new_id())
    return RouteQuestion(
        referral_id=referral, agency=service.agency, service=service, region=RegionCode(region), excluded=units
    )


@pytest.mark.parametrize(
    ("service", "region", "excluded", "unit"),
    [
        (Service.TPK_DAMPING, "35.15.08.2001", [], "bkkbn-35.15.08"),
        (Service.PKH, "35.15.08.2001", [], "dinsos-35.15.08"),
        (Service.PKH, "35.15.08.2001", ["dinsos-35.15.08"], "dinsos-35.15"),
        (Service.PKH, "35.15.08.2001", ["dinsos-35.15.08", "dinsos-35.15"], "dinsos-35"),
        (Service.PKH, "35.15.08.2001", ["dinsos-35.15.08", "dinsos-35.15", "dinsos-35"], None),
        (Service.ATENSI, "35.15.08.2001", [], "dinsos-35.15"),
        (Service.ASPD, "35.15.08.2001", [], "dinsos-35"),
        (Service.UPT_PSBR, "35.17.01.2001", [], "dinsos-35"),
        (Service.UPT_PSBR, "35.17.01.2001", ["dinsos-35"], None),
        (Service.PKH, "35.15", [], "dinsos-35.15"),
        (Service.PKH, "36.01.01.2001", [], None),
    ],
)
async def test_the_way_leads_upward_to_the_nearest_office_that_gives_the_service_and_was_not_asked(
    registry: RunningRegistry, service: Service, region: str, excluded: list[str], unit: str | None
) -> None:
    route = await nearest(registry.database, question(service, region, *excluded), now())
    assert route == Route(unit=UnitId(unit) if unit else None, why=None if unit else ParkReason.NO_UNIT)


async def test_a_closed_office_is_passed_over(registry: RunningRegistry) -> None:
    await registry.rows("UPDATE unit SET active = false WHERE id = 'dinsos-35.15.14'")
    route = await nearest(registry.database, question(Service.PKH, "35.15.14.2001"), now())
    await registry.rows("UPDATE unit SET active = true WHERE id = 'dinsos-35.15.14'")
    assert route.unit == "dinsos-35.15"


@workflow.defn
class AskTheWay:
    @workflow.run
    async def run(self, asked: RouteQuestion) -> Route:
        route: Route = await workflow.execute_activity(
            ROUTE.name,
            asked,
            task_queue=ROUTE.queue,
            result_type=Route,
            start_to_close_timeout=ROUTE.timeout,
            schedule_to_close_timeout=timedelta(seconds=20),
        )
        return route


async def test_the_running_registry_answers_the_command_on_its_own_queue(registry: RunningRegistry) -> None:
    servers = registry.stack.servers
    client = await Client.connect(
        servers.temporal_address, namespace=servers.temporal_namespace, data_converter=pydantic_data_converter
    )
    runner = UnsandboxedWorkflowRunner()
    async with Worker(client, task_queue="asking", workflows=[AskTheWay], workflow_runner=runner):
        asked = question(Service.KIE, "35.15.08.2001", f"{Agency.BKKBN}-35.15.08")
        route = await client.execute_workflow(AskTheWay.run, asked, id=str(uuid4()), task_queue="asking")
    assert route == Route(unit=UnitId("bkkbn-35.15"))
