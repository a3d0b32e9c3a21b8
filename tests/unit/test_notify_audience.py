"""Who is told of what: a total table, and the people behind a desk."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from services.contracts.codes import Agency, ClockName, LegalBasis, ParkReason, Priority, Role, Service
from services.contracts.events import ReferralEvent
from services.contracts.ids import FamilyId, OfficerId, ReferralId, RegionCode, UnitId
from services.contracts.lifecycle import FACTS, FINAL, RULES, Party, State
from services.contracts.snapshot import Due, Recipient, Snapshot
from services.notify.audience import AUDIENCE, audience
from services.notify.staff import Case, Officer, Staff, Unit
from services.notify.wanted import NAMES_ITS_READERS, Wanted, Who

SENDING, RECEIVING, ABOVE = UnitId("dinsos-1"), UnitId("bkkbn-1"), UnitId("bkkbn-0")
VILLAGE = RegionCode("35.15.08.2001")
SENDING_SIDE = frozenset({Party.SENDER, Party.SENDING_SUPERVISOR, Party.SENDING_COORDINATOR})
RECEIVING_SIDE = frozenset(
    {Party.RECEIVER, Party.RECEIVING_WORKER, Party.RECEIVING_SUPERVISOR, Party.RECEIVING_COORDINATOR}
)


def snapshot(**changes: object) -> Snapshot:
    plain = Snapshot(
        referral_id=ReferralId(uuid4()),
        number="26-000001-1",
        version=4,
        state=State.OFFERED,
        attempt=1,
        family_id=FamilyId(uuid4()),
        unit_from=SENDING,
        unit_to=RECEIVING,
        agency_from=Agency.DINSOS,
        service=Service.TPK_DAMPING,
        priority=Priority.NORMAL,
        region=VILLAGE,
        restricted=False,
        basis=LegalBasis.CONSENT,
        policy_version="standard-1",
        calendar_version="id-2026.1",
        clocks=(Due(clock=ClockName.ACKNOWLEDGE, due_at=datetime(2026, 11, 24, 9, tzinfo=UTC)),),
    )
    return plain.model_copy(update=changes)


def told_of(fact: str, *told: Recipient, **changes: object) -> tuple[Wanted, ...]:
    return audience(ReferralEvent(fact=fact, snapshot=snapshot(**changes), told=told))


def test_every_fact_has_an_audience_and_there_is_no_other() -> None:
    assert set(AUDIENCE) == set(FACTS)


@pytest.mark.parametrize("fact", FACTS)
def test_an_audience_is_found_for_every_fact_of_every_referral(fact: str) -> None:
    for restricted in (False, True):
        for unit_to in (RECEIVING, None):
            audience(ReferralEvent(fact=fact, snapshot=snapshot(restricted=restricted, unit_to=unit_to)))


# A colleague has to go on: the officers complete what came back or tell the family that nobody comes, the unit has its
# case again, somebody was chosen.
OWN_SIDE_GOES_ON = {"returned", "closed", "reopened", "assigned"}


@pytest.mark.parametrize("fact", [fact for fact in FACTS if fact not in OWN_SIDE_GOES_ON])
def test_the_acting_side_is_not_told_of_its_own_act(fact: str) -> None:
    by = frozenset[Party]().union(*(rule.by for rule in RULES.values() if rule.fact == fact))
    units = {wanted.unit for wanted in told_of(fact, outcome=None)}
    if by and by <= SENDING_SIDE and fact not in {"ruled_back", "ruled_upheld", "submitted"}:
        assert SENDING not in units
    if by and by <= RECEIVING_SIDE:
        assert RECEIVING not in units


# Closed by the sending supervisor: no unit has it any more that could hear of it.
ENDS_OF_A_SERVICE = sorted({rule.fact for rule in RULES.values() if rule.to is State.CLOSED} - {"closed"})


@pytest.mark.parametrize("fact", ENDS_OF_A_SERVICE)
def test_a_unit_that_served_hears_how_it_ended_and_so_does_the_assignee_of_another_village(fact: str) -> None:
    case = Case(VILLAGE, assignee=TINA.id)
    heard = {each for wanted in told_of(fact, state=State.CLOSED) for each in STAFF.reach(wanted, case)}
    assert heard >= {ANNA, TINA}
    restricted = told_of(fact, state=State.CLOSED, restricted=True, assignee=TINA.id)
    assert Wanted(RECEIVING, officer=TINA.id) in restricted


def test_a_sender_who_confirms_is_not_told_but_one_whose_silence_confirmed_is() -> None:
    assert told_of("confirmed") == (Wanted(RECEIVING),)
    assert set(told_of("auto_confirmed")) == {Wanted(SENDING), Wanted(RECEIVING)}


def test_officers_hear_that_their_supervisor_closed_what_they_sent() -> None:
    assert told_of("closed", state=State.CLOSED, unit_to=None) == (Wanted(SENDING, Role.OFFICER),)


def test_no_way_to_the_end_is_silent() -> None:
    finals = {rule.fact for rule in RULES.values() if rule.to in FINAL} - {"discarded"}
    assert {fact for fact in finals if not told_of(fact)} == set()


def test_who_a_fact_names_is_told_and_nobody_else() -> None:
    rung = Recipient(unit=ABOVE, role=Role.COORDINATOR)
    assert told_of("expired", rung) == (Wanted(ABOVE, Role.COORDINATOR, told=True),)
    assert {wanted.unit for wanted in told_of("expired")} == {SENDING, RECEIVING}


@pytest.mark.parametrize("fact", sorted(NAMES_ITS_READERS))
def test_a_reminder_that_names_nobody_is_a_finding_and_not_a_silence(fact: str) -> None:
    (wanted,) = told_of(fact)
    assert Staff().reach(wanted, Case(VILLAGE)) == ()


def test_a_submitted_referral_is_told_to_the_supervisor_only_if_it_waits_for_one() -> None:
    assert told_of("submitted", parked=None) == ()
    assert told_of("submitted", parked=ParkReason.RESTRICTED) == (Wanted(SENDING, Role.SUPERVISOR, upward=True),)


def test_only_the_last_receipt_of_a_stop_is_told() -> None:
    assert told_of("stop_received", state=State.STOPPING) == ()
    assert told_of("stop_received", state=State.CANCELLED) == (Wanted(SENDING),)


def test_an_assignment_is_for_the_assignee_and_its_end_for_the_units_queue() -> None:
    assignee = OfficerId(uuid4())
    assert told_of("assigned", assignee=assignee) == (Wanted(RECEIVING, officer=assignee),)
    assert told_of("assigned", assignee=None) == (Wanted(RECEIVING),)


def test_a_restricted_case_narrows_a_unit_to_its_supervisor_and_the_assignee() -> None:
    assignee = OfficerId(uuid4())
    wanted = told_of("answered", restricted=True, assignee=assignee)
    assert wanted == (Wanted(RECEIVING, Role.SUPERVISOR, upward=True), Wanted(RECEIVING, officer=assignee))


def test_a_rung_above_still_hears_of_a_restricted_case() -> None:
    rung = Recipient(unit=ABOVE, role=Role.COORDINATOR)
    assert told_of("escalated", rung, restricted=True) == (Wanted(ABOVE, Role.COORDINATOR, told=True),)


@pytest.mark.parametrize("who", Who)
def test_everybody_of_the_table_can_be_meant(who: Who) -> None:
    assert any(who in row for row in AUDIENCE.values())


# --- the people behind a desk


def officer(unit: UnitId, role: Role, village: RegionCode | None = None) -> Officer:
    return Officer(OfficerId(uuid4()), unit, role, village)


ANNA = officer(RECEIVING, Role.OFFICER)
TINA = officer(RECEIVING, Role.OFFICER, RegionCode("35.15.08.2002"))
DPO = officer(RECEIVING, Role.DPO)
LEAD = officer(ABOVE, Role.COORDINATOR)
UNITS = {RECEIVING: Unit("Balai", ABOVE), ABOVE: Unit("OPD-KB")}
STAFF = Staff((ANNA, TINA, DPO, LEAD), UNITS)


def test_a_whole_unit_means_its_caseworkers_within_their_villages() -> None:
    assert STAFF.reach(Wanted(RECEIVING), Case(VILLAGE)) == (ANNA,)
    assert STAFF.reach(Wanted(RECEIVING), Case(RegionCode("35.15.08.2002"))) == (ANNA, TINA)
    assert STAFF.reach(Wanted(RECEIVING), Case(VILLAGE, assignee=TINA.id)) == (ANNA, TINA)


def test_a_vacant_desk_is_anybodys_of_the_unit_where_anybody_can_do_it() -> None:
    assert STAFF.reach(Wanted(RECEIVING, Role.SUPERVISOR), Case(VILLAGE)) == (ANNA,)


def test_a_vacant_desk_is_that_of_the_office_above_where_only_a_lead_can_act() -> None:
    assert STAFF.reach(Wanted(RECEIVING, Role.SUPERVISOR, upward=True), Case(VILLAGE)) == (LEAD,)
    alone = Staff((ANNA,), UNITS)
    assert alone.reach(Wanted(RECEIVING, Role.SUPERVISOR, upward=True), Case(VILLAGE)) == (ANNA,)


def test_a_restricted_case_never_falls_to_just_anybody() -> None:
    case = Case(VILLAGE, restricted=True)
    assert STAFF.reach(Wanted(RECEIVING, Role.SUPERVISOR), case) == (LEAD,)
    assert Staff((ANNA,), UNITS).reach(Wanted(RECEIVING, Role.SUPERVISOR), case) == ()


def test_an_assignee_who_moved_away_leaves_the_message_to_the_unit() -> None:
    assert STAFF.reach(Wanted(RECEIVING, officer=LEAD.id), Case(VILLAGE)) == (ANNA,)
