"""The words of the messages: every told fact, both languages, both sides, nothing left over and nothing too much."""

import re
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from services.contracts.codes import ClockName, ParkReason
from services.contracts.ids import OfficerId, RegionCode, UnitId
from services.contracts.lifecycle import FACTS, State
from services.contracts.words import LANGUAGES, Language, say_moment_of_week
from services.notify.audience import AUDIENCE
from services.notify.letters import Letter, Reader, Told, as_mail, compose, compose_digest, has_words
from services.notify.note import Content
from services.notify.places import place_name
from services.notify.wanted import NAMES_ITS_READERS

SENDING, RECEIVING, ABOVE = UnitId("dinsos-1"), UnitId("bkkbn-1"), UnitId("bkkbn-0")
DUE = datetime(2026, 11, 24, 9, tzinfo=UTC)
TOLD = sorted(fact for fact, who in AUDIENCE.items() if who or fact in NAMES_ITS_READERS)
LEFT_OVER = re.compile(r"[{}<>#%]|\bNone\b|  \S|\n{3}| [.,:]|\.\.|undefined|_")
both = pytest.mark.parametrize("language", LANGUAGES)


def content(**changes: object) -> Content:
    plain = Content(
        number="26-000123-4",
        state=State.OFFERED,
        region=RegionCode("35.15.08.2001"),
        unit_from=SENDING,
        unit_to=RECEIVING,
        sender="TKSK Sidoarjo",
        receiver="Balai Penyuluhan Sidoarjo",
        clock=ClockName.ACKNOWLEDGE,
        due_clock=ClockName.ACKNOWLEDGE,
        due_at=DUE,
    )
    return plain.model_copy(update=changes)


def letter(fact: str, language: Language, reader: Reader | None = None, **changes: object) -> Letter:
    return compose(Told(fact, content(**changes), reader or Reader(RECEIVING)), language)


@pytest.mark.parametrize("fact", TOLD)
def test_every_told_fact_has_words_of_its_own(fact: str) -> None:
    assert has_words(fact)


@both
@pytest.mark.parametrize("fact", FACTS)
def test_a_message_says_what_happened_what_to_do_and_until_when_and_leaves_nothing_over(
    fact: str, language: Language
) -> None:
    someone = OfficerId(uuid4())
    for reader in (Reader(SENDING), Reader(RECEIVING, someone), Reader(ABOVE)):
        for parked in (None, ParkReason.NO_UNIT):
            for due_clock in ClockName:
                said = letter(
                    fact, language, reader, parked=parked, clock=due_clock, due_clock=due_clock, assignee=someone
                )
                paragraphs = said.body.strip().split("\n\n")
                assert len(paragraphs) == 4, paragraphs
                assert "26-000123-4" in said.subject
                assert len(said.subject) <= 60
                assert not LEFT_OVER.search(said.subject + "\n" + said.body), said


@both
@pytest.mark.parametrize("fact", FACTS)
def test_a_message_without_unit_clock_or_deadline_reads_well_too(fact: str, language: Language) -> None:
    bare = {"unit_to": None, "receiver": None, "clock": None, "due_clock": None, "due_at": None}
    said = letter(fact, language, Reader(SENDING), **bare)
    assert not LEFT_OVER.search(said.subject + "\n" + said.body), said
    assert len(said.body.strip().split("\n\n")) == 3


@both
def test_the_two_languages_are_two(language: Language) -> None:
    other: Language = "en" if language == "id" else "id"
    for fact in TOLD:
        assert letter(fact, language).body != letter(fact, other).body


def test_the_deadline_is_told_with_its_day_in_wib() -> None:
    assert say_moment_of_week(DUE, "id") == "Selasa 24 November 2026 pukul 16.00 WIB"
    assert say_moment_of_week(DUE, "en") == "Tuesday 24 November 2026, 16:00 WIB"
    assert "paling lambat Selasa 24 November 2026 pukul 16.00 WIB" in letter("offered", "id").body


def test_a_village_is_told_with_its_kecamatan_because_names_repeat() -> None:
    assert place_name("35.15.08.2001") == "Desa Lebo, Kecamatan Sidoarjo"
    assert place_name("35.15.08.1004").startswith("Kelurahan ")
    assert place_name("35.15.08") == "Kecamatan Sidoarjo"
    assert place_name("35.15") == "Kabupaten Sidoarjo"
    assert place_name("99.99") == "99.99"


@both
def test_of_a_restricted_case_only_number_and_deadline_are_told(language: Language) -> None:
    said = compose(Told("offered", content(), Reader(RECEIVING), restricted=True), language)
    assert "Lebo" not in said.body
    assert "26-000123-4" in said.body
    assert "24 November 2026" in said.body


def test_what_is_urgent_says_so_first() -> None:
    assert compose(Told("offered", content(), Reader(), urgent=True), "id").subject.startswith("MENDESAK: ")
    assert compose(Told("offered", content(), Reader(), urgent=True), "en").subject.startswith("URGENT: ")


def test_after_a_withdrawal_each_side_reads_what_it_has_to_do() -> None:
    assert "Hentikan layanan" in letter("consent_withdrawn", "id", Reader(RECEIVING)).body
    assert "Jangan lagi memakai" in letter("consent_withdrawn", "id", Reader(SENDING)).body


@both
def test_a_morning_mail_lists_every_reminder(language: Language) -> None:
    told = [Told("reminded", content(number=f"26-00000{n}-0"), Reader(RECEIVING)) for n in range(1, 4)]
    said = compose_digest(told, language)
    assert said.subject.startswith("3 ")
    assert all(f"26-00000{n}-0" in said.body for n in range(1, 4))


@both
def test_a_mail_says_who_wrote_it_and_not_to_answer(language: Language) -> None:
    assert as_mail(letter("offered", language), language).rstrip().splitlines()[-1].count("Nyekrup") == 1
