"""What the record does with speaker requests, for a caller or for the clock. One use case, one transaction."""

from dataclasses import dataclass, replace
from typing import Any, Final

from pydantic import BaseModel, ConfigDict

from services.contracts.codes import Agency
from services.contracts.ids import OfficerId, RegionCode, RoomId, SpeakerRequestId, UnitId
from services.contracts.refusals import Refused
from services.contracts.speaking.codes import Topic
from services.kit.crypto import Keyring
from services.kit.database import Tx
from services.referral import calendars
from services.referral.actors import Actor
from services.referral.clock_rules import Scene
from services.referral.numbers import referral_number
from services.referral.offices import Offices
from services.referral.speaking import orders, policy
from services.referral.speaking.domain import SpeakerRequest, Wish
from services.referral.speaking.ledger import write_request, write_step
from services.referral.speaking.repository import SpeakerRequests
from services.referral.speaking.rooms import check_room
from services.referral.speaking.times import check_ahead, check_apart
from services.referral.speaking.transition import SpeakerStep, act, begin
from services.referral.usecases import CASEWORKERS, Record

_WORKS_IN: Final = "SELECT unit FROM officer WHERE officer = %(officer)s AND NOT gone"


class Details(BaseModel):
    """What is said in words with a request: it rests sealed."""

    model_config = ConfigDict(frozen=True)

    topic_text: str | None = None
    place: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class NewRequest:
    id: SpeakerRequestId
    topic: Topic
    wish: Wish
    details: Details
    unit_region: RegionCode
    unit_agency: Agency


def scene_of(record: Record, request: SpeakerRequest, offices: Offices) -> Scene:
    """Return what a step of *request* is judged by, with the policy and the calendar that it pinned."""
    return Scene(
        now=record.now(),
        policy=policy.load(request.policy_version),
        calendar=calendars.load(request.calendar_version),
        offices=offices,
    )


async def ask(record: Record, tx: Tx, new: NewRequest, actor: Actor) -> SpeakerRequest:
    """Write a request. Raises Refused where the id is taken, or what is asked for cannot be."""
    if actor.role not in CASEWORKERS or actor.unit is None or actor.officer is None:
        raise Refused("auth.forbidden")
    requests, now = SpeakerRequests(tx), record.now()
    running = await requests.running_number(new.id)
    if running is None:
        return _the_same(await requests.get(new.id), new, actor)
    request = SpeakerRequest(
        id=new.id,
        number=f"N{referral_number(running, now)}",
        topic=new.topic,
        wish=new.wish,
        region=new.unit_region,
        unit_from=actor.unit,
        agency_from=new.unit_agency,
        created_by=actor.officer,
        created_at=now,
        policy_version=record.speaking_policy,
        calendar_version=calendars.newest(),
    )
    scene = scene_of(record, request, await record.picture.now(tx))
    await _check_new(tx, request, new.details, scene)
    begun = begin(request, scene)
    await write_request(tx, begun, seal_details(record.keyring, begun.id, new.details), actor, now=now)
    return begun


async def _check_new(tx: Tx, request: SpeakerRequest, details: Details, scene: Scene) -> None:
    if request.topic is Topic.OWN and not details.topic_text:
        raise Refused("speaking.topic_needed")
    if not request.wish.people:
        raise Refused("speaking.group_empty")
    check_ahead(request, request.wish.times, scene)
    if request.wish.together:
        check_apart(request, request.wish.times)
    await _check_room(tx, request, request.wish.room)


async def _check_room(tx: Tx, request: SpeakerRequest, room: RoomId | None) -> None:
    if room is not None:
        await check_room(tx, room, request.unit_from)


def _the_same(earlier: SpeakerRequest, new: NewRequest, actor: Actor) -> SpeakerRequest:
    """A client-made id twice is one request, if it is the same person's and about the same topic."""
    if (earlier.created_by, earlier.topic) != (actor.officer, new.topic):
        raise Refused("speaking.exists")
    return earlier


def seal_details(keyring: Keyring, request: SpeakerRequestId, details: Details) -> bytes:
    return keyring.seal(details.model_dump(exclude_none=True), belongs_to=f"speaker_request/{request}")


def open_details(keyring: Keyring, request: SpeakerRequestId, sealed: bytes) -> Details:
    return Details.model_validate(keyring.open(sealed, belongs_to=f"speaker_request/{request}"))


async def take_action(
    record: Record,
    tx: Tx,
    request_id: SpeakerRequestId,
    order: orders.SpeakerOrder,
    actor: Actor,
    *,
    expected_version: int,
) -> SpeakerRequest:
    """Do what *actor* asks for, or raise Refused; then nothing was changed."""
    requests = SpeakerRequests(tx)
    before = await requests.get(request_id, lock=True)
    scene = scene_of(record, before, await record.picture.now(tx))
    step = act(before, order, actor, scene, expected_version=expected_version)
    if isinstance(order, orders.Propose | orders.ChangeSpeaker):
        step = await _with_speaker(tx, step, order.speaker, scene.offices)
    if isinstance(order, orders.Change):
        await _change_details(record, tx, step, order)
    return await write_step(tx, step, actor, record.keyring, now=scene.now, sealed=order.sealed_fields or None)


async def _with_speaker(tx: Tx, step: SpeakerStep, speaker: OfficerId, offices: Offices) -> SpeakerStep:
    """Return *step* with the unit of *speaker*, which is the asked one or one below it. Raises Refused."""
    unit = (await tx.exec_driver_sql(_WORKS_IN, {"officer": speaker})).scalar()
    asked = step.after.unit_to
    if unit is None or asked is None or not offices.is_above(asked, unit):
        raise Refused("speaking.speaker_unknown", number=step.before.number)
    return replace(step, after=replace(step.after, speaker_unit=UnitId(unit)))


async def _change_details(record: Record, tx: Tx, step: SpeakerStep, order: orders.Change) -> None:
    """Check and keep what `change` says besides the request's own state."""
    request, requests = step.after, SpeakerRequests(tx)
    if not request.wish.people:
        raise Refused("speaking.group_empty")
    await _check_room(tx, request, order.room)
    said = order.model_dump(include={"topic_text", "place", "note"}, exclude_none=True)
    if order.room is not None:
        said["place"] = None
    if said:
        details = open_details(record.keyring, request.id, await requests.sealed(request.id))
        changed: dict[str, Any] = details.model_dump() | said
        await requests.reseal(request.id, seal_details(record.keyring, request.id, Details.model_validate(changed)))
