"""Who hears what of a request for a speaker, and in which words."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest

from services.contracts.cases import CaseKind
from services.contracts.codes import Priority, Role
from services.contracts.events import SpeakerRequestEvent
from services.contracts.ids import OfficerId, UnitId
from services.contracts.snapshot import Recipient
from services.contracts.speaking.codes import Side, SpeakerClock, SpeakerParkReason, Topic
from services.contracts.speaking.lifecycle import SPEAKER_FACTS, SPEAKER_FINAL, SPEAKER_RULES, SpeakerState
from services.contracts.speaking.snapshot import SessionState, SpeakerSnapshot
from services.contracts.words import LANGUAGES, Language
from services.notify.audience import audience
from services.notify.domain import Seen, clocks_of, deadline, is_over, is_urgent
from services.notify.letters import Letter, Reader, Told, compose, compose_digest, has_words
from services.notify.note import Content
from services.notify.speaking import SPEAKING_AUDIENCE
from services.notify.staff import Staff, Unit
from services.notify.wanted import NAMES_ITS_READERS, Wanted
from tests.golden.speaking import full_snapshot

ASKING, ASKED, BELOW, ABOVE = (UnitId(each) for each in ("dinsos-upt", "bkkbn-35.15", "bkkbn-35.15.08", "bkkbn-35"))
SPEAKER = OfficerId(uuid4())
STAFF = Staff((), {ASKING: Unit("UPT PSBR"), ASKED: Unit("OPD-KB Sidoarjo", ABOVE)})
TOLD = sorted(fact for fact, who in SPEAKING_AUDIENCE.items() if who or fact in NAMES_ITS_READERS)
LEFT_OVER = re.compile(r"[{}<>#%]|\bNone\b|  \S|\n{3}| [.,:]|\.\.|undefined|_")
both = pytest.mark.parametrize("language", LANGUAGES)


def snapshot(**changes: object) -> SpeakerSnapshot:
    plain = {"unit_from": ASKING, "unit_to": ASKED, "speaker": SPEAKER, "speaker_unit": BELOW, "parked": None}
    return full_snapshot("requested").model_copy(update={**plain, "short_notice": False, **changes})


def event(fact: str, *told: Recipient, **changes: object) -> SpeakerRequestEvent:
    said = {name: changes.pop(name) for name in ("tells_speaker", "clock", "session") if name in changes}
    return SpeakerRequestEvent(fact=fact, snapshot=snapshot(**changes), told=told).model_copy(update=said)


def units(fact: str, *told: Recipient, **changes: object) -> set[UnitId | None]:
    return {wanted.unit for wanted in audience(event(fact, *told, **changes))}


def letter(fact: str, language: Language, reader: Reader, **changes: object) -> Letter:
    said = event(fact, **changes)
    return compose(Told(fact, Content.of(said, STAFF), reader), language)


def test_every_fact_has_an_audience_and_there_is_no_other() -> None:
    assert set(SPEAKING_AUDIENCE) == set(SPEAKER_FACTS)


def test_no_way_to_the_end_is_silent() -> None:
    finals = {cell.fact for cell in SPEAKER_RULES.values() if cell.to in SPEAKER_FINAL}
    assert {fact for fact in (*finals, "cancelled", "withdrawn") if not audience(event(fact))} == set()


def test_the_speaker_hears_where_to_be_and_that_it_is_off() -> None:
    speaker = Wanted(BELOW, officer=SPEAKER)
    heard = {fact for fact in SPEAKER_FACTS if speaker in audience(event(fact))}
    assert heard >= {"proposed", "agreed", "move_agreed", "session_cancelled", "cancelled", "announced", "reported"}
    assert speaker not in audience(event("agreed", speaker=None))


def test_a_reminder_goes_to_whom_it_names_and_to_the_speaker_where_it_says_so() -> None:
    rung = Recipient(unit=ABOVE, role=Role.COORDINATOR)
    named = Wanted(ABOVE, Role.COORDINATOR, told=True)
    assert audience(event("escalated", rung)) == (named,)
    assert audience(event("reminded", rung, tells_speaker=True)) == (named, Wanted(BELOW, officer=SPEAKER))
    assert audience(event("reminded")) == (Wanted(None, told=True),), "nobody named is a finding, not a silence"


def test_of_a_move_the_side_that_has_to_answer_is_told() -> None:
    asked_by = {by: snapshot().move.model_copy(update={"by": by}) for by in Side}  # type: ignore[union-attr]
    assert units("move_asked", move=asked_by[Side.ASKING]) == {ASKED}
    assert units("move_asked", move=asked_by[Side.SPEAKING]) == {ASKING}


def test_what_is_given_up_at_short_notice_is_urgent_and_so_is_what_is_near() -> None:
    assert is_urgent(event("cancelled", short_notice=True))
    assert not is_urgent(event("reported", short_notice=True))
    assert not is_urgent(event("cancelled"))
    assert is_urgent(event("reminded", priority=Priority.URGENT))


def test_a_reminder_of_what_was_done_since_is_over() -> None:
    reminder = event("reminded", clock=SpeakerClock.ANSWER)
    same = Seen(9, SpeakerState.PROPOSED, clocks_of(reminder.snapshot))
    assert not is_over(reminder, same)
    assert is_over(reminder, Seen(9, SpeakerState.AGREED, {}))
    assert is_over(reminder, Seen(9, SpeakerState.NOT_HELD, same.clocks))


def test_the_days_of_a_session_are_nobodys_deadline() -> None:
    clocks = snapshot().clocks[0]
    for clock in (SpeakerClock.DATES, SpeakerClock.LAST_DATE, SpeakerClock.SESSION, SpeakerClock.DAY_BEFORE):
        assert deadline(event("agreed", clocks=(clocks.model_copy(update={"clock": clock}),))) is None


@both
@pytest.mark.parametrize("fact", SPEAKER_FACTS)
def test_a_message_says_what_happened_and_what_to_do_and_leaves_nothing_over(fact: str, language: Language) -> None:
    assert has_words(fact, CaseKind.SPEAKER) is (fact in TOLD)
    for reader in (Reader(ASKING), Reader(ASKED), Reader(BELOW, SPEAKER), Reader(ABOVE)):
        for clock in SpeakerClock:
            for parked in (None, SpeakerParkReason.DATES_PASSED):
                said = letter(fact, language, reader, clock=clock, parked=parked, session=1)
                assert said.subject.count("N26-000099-0") == 1
                assert len(said.subject) <= 60
                assert len(said.body.strip().split("\n\n")) in {3, 4}
                assert not LEFT_OVER.search(said.subject + "\n" + said.body), said


@both
def test_the_two_languages_are_two(language: Language) -> None:
    other: Language = "en" if language == "id" else "id"
    for fact in TOLD:
        assert letter(fact, language, Reader(ASKING)).body != letter(fact, other, Reader(ASKING)).body


def test_without_a_unit_it_reads_well_too() -> None:
    nobody = {"unit_to": None, "speaker": None, "speaker_unit": None, "clocks": (), "sessions": (), "move": None}
    for fact in TOLD:
        said = letter(fact, "id", Reader(ASKING), **nobody)
        assert not LEFT_OVER.search(said.subject + "\n" + said.body), said
        assert "Waktu sesi: Senin 30 November 2026 pukul 09.00 WIB" in said.body


def test_a_series_names_its_first_sessions_and_how_many_follow() -> None:
    first = snapshot().sessions[0]
    series = tuple(_later(first, no) for no in range(1, 7))
    body = letter("agreed", "id", Reader(ASKING), sessions=series, move=None).body
    assert "Senin 30 November 2026 pukul 09.00 WIB; " in body
    assert "dan 3 sesi lagi" in body
    about_one = letter("session_over", "id", Reader(ASKING), sessions=series, move=None, session=3).body
    assert "Waktu sesi: Senin 14 Desember 2026 pukul 09.00 WIB\n" in about_one


def _later(first: SessionState, no: int) -> SessionState:
    by = timedelta(days=7 * (no - 1))
    return first.model_copy(update={"no": no, "starts_at": first.starts_at + by, "ends_at": first.ends_at + by})


def test_a_topic_in_the_askers_own_words_is_not_told() -> None:
    assert "Topik: Generasi Berencana" in letter("offered", "id", Reader(ASKED)).body
    assert "Topik:" not in letter("offered", "id", Reader(ASKED), topic=Topic.OWN).body


@both
def test_a_morning_mail_carries_requests_too(language: Language) -> None:
    told = [Told("reminded", Content.of(event("reminded"), STAFF), Reader(ASKING))]
    said = compose_digest(told, language)
    assert "N26-000099-0" in said.body
    assert ("rujukan" if language == "id" else "referral") not in (said.subject + said.body).lower()
