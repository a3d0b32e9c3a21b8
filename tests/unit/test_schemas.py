"""The committed schemas are true, and no released promise is broken."""

import json
import re
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from pydantic import BaseModel

from services.contracts import asyncapi
from services.contracts.codes import Level, Service
from services.contracts.events import EVENT_TYPES, GROUPS, Envelope, Event, ReferralEvent
from services.contracts.ids import new_id
from services.contracts.schemas import FOLDER, breaks, freeze, message_schema, messages, models, text_of, write
from tests.golden.keep import examples, full_snapshot

RELEASES = sorted(path for path in (Path(__file__).parent / "released_schemas").iterdir() if path.is_dir())
AGAIN = "run: python -m services.contracts.schemas --write"


def _referral_event(fact: str) -> ReferralEvent:
    return ReferralEvent(fact=fact, snapshot=full_snapshot(fact))


def _message(event: Event) -> dict[str, Any]:
    now = datetime(2026, 11, 24, 3, tzinfo=UTC)
    envelope = Envelope.around(event, id=new_id(), time=now, cause=None, correlation=new_id())
    message: dict[str, Any] = json.loads(envelope.model_dump_json(exclude_none=True))
    return message


def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return model.model_json_schema()


def test_the_committed_schemas_are_those_of_the_code() -> None:
    committed = {path.stem: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")}
    assert committed == {name: text_of(schema) for name, schema in messages().items()}, AGAIN


@pytest.mark.parametrize("event", [event for _, event in examples()], ids=[name for name, _ in examples()])
def test_a_message_fits_its_schema(event: Event) -> None:
    jsonschema_rs.validator_for(message_schema(event.type), validate_formats=True).validate(_message(event))


def test_a_message_about_a_referral_without_a_receiving_unit_can_be_read_again() -> None:
    event = _referral_event("submitted")
    asked = event.model_copy(update={"snapshot": event.snapshot.model_copy(update={"unit_to": None})})
    assert ReferralEvent.model_validate(_message(asked)["data"]) == asked


@pytest.mark.parametrize(
    "wrong",
    [{"type": "referral.declined.v1"}, {"source": "elsewhere"}, {"id": "1"}, {"data": {}}, {"subjectversion": -1}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_message_that_says_something_else_does_not_fit(wrong: dict[str, Any]) -> None:
    event = _referral_event("accepted")
    validator = jsonschema_rs.validator_for(message_schema(event.type), validate_formats=True)
    assert not validator.is_valid(_message(event) | wrong)


@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.name)
def test_no_promise_of_a_release_is_broken(release: Path) -> None:
    frozen = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in release.glob("*.json")}
    carried, now = frozen.pop("types"), models()
    for event_type, model in carried.items():
        assert event_type in EVENT_TYPES, f"{event_type} was released; publish a v2 beside it"
        assert breaks(frozen[model], now[EVENT_TYPES[event_type].__name__]) == [], event_type
    assert breaks(frozen["Envelope"], now["Envelope"]) == []


def test_a_release_freezes_one_file_per_data_model_and_who_carries_it(tmp_path: Path) -> None:
    freeze(tmp_path)
    assert {path.stem for path in tmp_path.iterdir()} == {*models(), "types"}
    assert json.loads((tmp_path / "types.json").read_text())["referral.accepted.v1"] == "ReferralEvent"


def test_writing_removes_the_schema_of_a_type_that_is_gone(tmp_path: Path) -> None:
    (tmp_path / "referral.teleported.v1.json").write_text("{}")
    write(tmp_path, {"referral.accepted.v1": {}})
    assert [path.name for path in tmp_path.iterdir()] == ["referral.accepted.v1.json"]


class Door(BaseModel):
    colour: str
    width: int = 80


class House(BaseModel):
    door: Door
    doors: tuple[Door, ...] = ()
    level: Level
    places: dict[Service, int] = {}
    number: int | None = None
    size: tuple[int, int] = (1, 1)
    next_house: "House | None" = None


OLD = _schema(House)


def _changed(*path: str, to: object) -> dict[str, Any]:
    """Return House's schema with the value at *path* replaced, or removed where *to* is None."""
    new = deepcopy(OLD)
    place: Any = new
    for step in path[:-1]:
        place = place[step]
    if to is None:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return new


# House holds itself, so pydantic keeps it among the definitions as well.
HOUSE = ("$defs", "House")
DOOR = ("$defs", "Door")


def test_a_schema_does_not_break_itself_even_where_a_model_holds_itself() -> None:
    assert breaks(OLD, OLD) == []
    assert breaks(_schema(ReferralEvent), _schema(ReferralEvent)) == []


@pytest.mark.parametrize(
    "new",
    [
        _changed(*DOOR, "properties", "material", to={"type": "string"}),
        _changed(*DOOR, "title", to="Gate"),
        _changed(*DOOR, "description", to="Where one goes in."),
        _changed(*DOOR, "properties", "width", "default", to=90),
        _changed("$defs", "Level", "enum", to=[*Level, "desa"]),
    ],
    ids=["new optional field", "title", "description", "default", "new code"],
)
def test_an_addition_breaks_nothing(new: dict[str, Any]) -> None:
    assert breaks(OLD, new) == []


def test_a_definition_under_another_name_or_written_in_place_breaks_nothing() -> None:
    renamed = json.loads(json.dumps(OLD).replace("Door", "Gate"))
    in_place = {"properties": {"door": {"$ref": "#/$defs/Door"}}, "$defs": {"Door": OLD["$defs"]["Door"]}}
    assert breaks(OLD, renamed) == []
    assert breaks(in_place, {"properties": {"door": OLD["$defs"]["Door"]}}) == []


@pytest.mark.parametrize(
    ("new", "found"),
    [
        (_changed(*DOOR, "properties", "width", to=None), "$.door.width: removed"),
        (
            _changed(*DOOR, "properties", "width", "type", to="string"),
            "$.door.width: retyped from integer to string",
        ),
        (_changed(*DOOR, "required", to=["colour", "width"]), "$.door.width: newly required"),
        (_changed(*DOOR, "required", to=[]), "$.door.colour: no longer always there"),
        (
            _changed(*DOOR, "properties", "colour", "enum", to=["red"]),
            "$.door.colour: narrowed to red",
        ),
        (_changed("$defs", "Level", "enum", to=["kecamatan", "kabkota", "upt"]), "$.level: code 'provinsi' removed"),
        (
            _changed("$defs", "Service", "enum", to=[code for code in Service if code != "PKH"]),
            "$.places{key}: code 'PKH' removed",
        ),
        (
            _changed(*HOUSE, "properties", "places", "additionalProperties", to={"type": "string"}),
            "$.places{}: retyped from integer to string",
        ),
        (
            _changed(*HOUSE, "properties", "number", "anyOf", to=[{"type": "integer"}]),
            "$.number: retyped from integer or null to integer",
        ),
        (
            _changed(*HOUSE, "properties", "doors", "items", to={"type": "string"}),
            "$.doors[]: retyped from object to string",
        ),
        (
            _changed(*HOUSE, "properties", "size", "prefixItems", to=[{"type": "integer"}]),
            "$.size[]: retyped from 2 places to 1",
        ),
        (
            _changed(*HOUSE, "properties", "size", "prefixItems", to=[{"type": "integer"}, {"type": "null"}]),
            "$.size[1]: retyped from integer to null",
        ),
    ],
)
def test_a_break_is_found_and_named_by_its_path(new: dict[str, Any], found: str) -> None:
    assert found in breaks(OLD, new)


def test_a_field_that_is_renamed_is_removed_and_newly_required() -> None:
    new = json.loads(json.dumps(OLD["$defs"]["Door"]).replace("colour", "paint"))
    assert breaks(OLD["$defs"]["Door"], new) == ["$.colour: removed", "$.paint: newly required"]


def test_a_break_inside_a_list_and_beside_it_is_found_at_both_places() -> None:
    new = _changed(*DOOR, "properties", "width", to=None)
    assert {"$.door.width: removed", "$.doors[].width: removed"} <= set(breaks(OLD, new))


def test_another_fixed_value_or_another_format_is_a_break() -> None:
    assert breaks({"const": "1.0"}, {"const": "2.0"}) == ["$: code '1.0' removed"]
    assert breaks({"type": "string", "format": "uuid"}, {"type": "string"}) == ["$: retyped from string:uuid to string"]


def test_the_asyncapi_document_names_every_stream_group_and_message_and_refers_only_to_what_is_there() -> None:
    document = asyncapi.document()
    assert {name: set(channel["messages"]) for name, channel in document["channels"].items()} == {
        stream: {each for each, event in EVENT_TYPES.items() if event.stream == stream} for stream in GROUPS
    }
    hears = {(group, stream) for stream, groups in GROUPS.items() for group in groups}
    assert {tuple(each.split(".hears.")) for each in document["operations"] if ".hears." in each} == hears
    for reference in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(document)):
        found: Any = document
        for step in reference.split("/"):
            found = found[step]
        assert found
    payloads = {each["payload"]["$ref"] for each in document["components"]["messages"].values()}
    assert payloads == {f"./{each}.json" for each in EVENT_TYPES}
