"""Every code has words in both languages, and the words are fit to be read."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from enum import StrEnum
from string import Formatter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts import books, codes, lifecycle
from services.contracts.codes import DeclineReason, Outcome, Service
from services.contracts.lifecycle import FACTS, Action, State
from services.contracts.refusals import STATUS
from services.contracts.speaking import codes as speaking_codes
from services.contracts.speaking import lifecycle as speaking_lifecycle
from services.contracts.speaking.lifecycle import SPEAKER_FACTS, SpeakerAction
from services.contracts.words import (
    ALL_REASONS,
    LANGUAGES,
    REFUSALS,
    WORDS,
    Language,
    Words,
    fact_sentence,
    infinitive,
    number_fault,
    number_warning,
    pick_language,
    reason,
    refusal,
    say_day,
    say_moment,
    word,
)
from services.contracts.words.infinitives import INFINITIVES
from services.contracts.words.numbers import NUMBER_FAULTS, NUMBER_WARNINGS
from services.contracts.words.reasons import REASONS
from services.contracts.words.refusals.facts import FACTS as REFUSAL_FACTS
from services.contracts.words.refusals.facts import FACTS_OF
from services.contracts.words.speaking.lifecycle import SPEAKER_FACT_SENTENCES, SPEAKER_INFINITIVES
from services.contracts.words.speaking.reasons import SPEAKER_REASONS
from services.contracts.words.timeline import FACT_SENTENCES
from services.registry.nik import NikWarning, NumberFault

ENUMS = sorted(
    {
        kind
        for module in (codes, lifecycle, books, speaking_codes, speaking_lifecycle)
        for kind in vars(module).values()
        if isinstance(kind, type)
        and issubclass(kind, StrEnum)
        and kind not in {StrEnum, lifecycle.To, speaking_lifecycle.SpeakerTo}
    },
    key=lambda kind: kind.__name__,
)
SENTENCE_END = re.compile(r"[.?!](?:\s|$)")
both = pytest.mark.parametrize("language", LANGUAGES)


def _tables() -> Iterator[tuple[str, Mapping[Any, Words]]]:
    yield from ((kind.__name__, table) for kind, table in WORDS.items())
    yield from (("infinitives", INFINITIVES), ("facts", FACT_SENTENCES))
    yield from (("speaking infinitives", SPEAKER_INFINITIVES), ("speaking facts", SPEAKER_FACT_SENTENCES))
    yield from (("faults", NUMBER_FAULTS), ("warnings", NUMBER_WARNINGS), ("reasons", ALL_REASONS))


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("kind", ENUMS)
def test_every_code_of_every_enum_has_words(kind: type[StrEnum]) -> None:
    assert set(WORDS[kind]) == set(kind)


def test_every_action_also_has_an_infinitive_and_every_fact_a_sentence() -> None:
    assert set(INFINITIVES) == set(Action)
    assert set(FACT_SENTENCES) == set(FACTS)
    assert set(SPEAKER_INFINITIVES) == set(SpeakerAction)
    assert set(SPEAKER_FACT_SENTENCES) == set(SPEAKER_FACTS)


def test_two_lists_of_reasons_that_share_a_code_share_its_words() -> None:
    lists = [table for kind, table in WORDS.items() if kind.__name__.endswith("Reason")]
    assert len(lists) == 14
    assert all(ALL_REASONS[code] == words for table in lists for code, words in table.items())
    assert all(REASONS[code] == SPEAKER_REASONS[code] for code in REASONS.keys() & SPEAKER_REASONS.keys())
    assert reason("consent_withdrawn", "id") == "Keluarga mencabut persetujuannya"
    assert reason("unheard_of", "id") == "unheard_of"


def test_every_refusal_has_words_and_no_words_stand_for_a_refusal_that_is_gone() -> None:
    assert set(REFUSALS) == set(STATUS)


def test_every_fault_and_warning_of_a_nik_has_words() -> None:
    assert set(NUMBER_FAULTS) == set(NumberFault)
    assert set(NUMBER_WARNINGS) == set(NikWarning)


@pytest.mark.parametrize(("name", "table"), list(_tables()))
@both
def test_no_text_is_empty_untrimmed_equal_to_its_code_or_with_a_placeholder(
    name: str, table: Mapping[Any, Words], language: Language
) -> None:
    for code, words in table.items():
        text = words.said(language)
        assert text == " ".join(text.split()) != "", (name, code)
        assert text not in (code, str(code).upper()), (name, code)
        assert not _placeholders(text), (name, code)


@pytest.mark.parametrize("kind", WORDS)
@both
def test_no_two_codes_of_one_enum_read_the_same(kind: type[StrEnum], language: Language) -> None:
    texts = [word(code, language) for code in kind]
    assert len(texts) == len(set(texts))


@both
def test_labels_begin_with_a_capital_and_infinitives_do_not(language: Language) -> None:
    assert all(word(code, language)[0].isupper() for kind in WORDS for code in kind)
    assert all(infinitive(action, language)[0].islower() for action in (*Action, *SpeakerAction))


@pytest.mark.parametrize("action", [*Action, *SpeakerAction])
def test_an_indonesian_infinitive_is_an_active_verb(action: Action | SpeakerAction) -> None:
    assert infinitive(action, "id").startswith("me")


@pytest.mark.parametrize("code", STATUS)
@both
def test_a_refusal_says_what_happened_and_what_to_do(code: str, language: Language) -> None:
    title, detail = refusal(code, {}, language)
    assert title
    assert not title.endswith(".")
    assert len(title) <= 45
    assert detail.endswith(".")
    assert len(SENTENCE_END.findall(detail)) >= 2
    assert len(detail) <= 260


@pytest.mark.parametrize("code", STATUS)
def test_a_refusal_uses_exactly_the_facts_declared_for_it_in_both_languages(code: str) -> None:
    text = REFUSALS[code]
    assert not _placeholders(text.title.id) | _placeholders(text.title.en)
    assert _placeholders(text.detail.id) == _placeholders(text.detail.en) == set(FACTS_OF.get(code, ()))


def test_facts_are_declared_only_for_refusals_that_exist_and_only_facts_that_have_a_neutral_wording() -> None:
    assert set(FACTS_OF) <= set(STATUS)
    assert {name for names in FACTS_OF.values() for name in names} == set(REFUSAL_FACTS)


@pytest.mark.parametrize("code", STATUS)
@both
def test_a_missing_fact_leaves_a_whole_sentence(code: str, language: Language) -> None:
    for facts in ({}, dict.fromkeys(REFUSAL_FACTS), dict.fromkeys(REFUSAL_FACTS, "")):
        detail = refusal(code, facts, language).detail
        assert not re.search(r"[{}]|None|  | [,.;:]", detail)


@given(
    facts=st.dictionaries(st.sampled_from(sorted(REFUSAL_FACTS)), st.from_type(object)), code=st.sampled_from([*STATUS])
)
def test_no_fact_whatever_it_is_makes_a_refusal_fail(facts: dict[str, object], code: str) -> None:
    assert refusal(code, facts, "id").detail


def test_facts_that_are_codes_are_put_in_words() -> None:
    facts = {"number": "R-26-000017", "state": State.CANCELLED, "action": Action.ACCEPT}
    assert refusal("referral.action_not_allowed", facts, "id").detail.startswith(
        "Rujukan R-26-000017 sekarang dibatalkan, jadi Anda tidak bisa menerima rujukan ini."
    )
    assert refusal("referral.action_not_allowed", facts, "en").detail.startswith(
        "The referral R-26-000017 is now cancelled, so you cannot accept it."
    )


def test_a_code_that_came_through_json_is_put_in_words_as_well() -> None:
    said = refusal("referral.no_place_left", {"service": "PBI-JK"}, "id").detail
    assert "layanan Iuran JKN dibayar pemerintah (PBI-JK) di unit ini" in said


def test_a_code_that_is_not_known_yet_is_shown_as_it_is() -> None:
    assert "layanan NEW-1 di unit ini" in refusal("referral.no_place_left", {"service": "NEW-1"}, "id").detail


def test_an_unknown_refusal_and_an_unknown_fact_are_told_in_general_words() -> None:
    assert refusal("referral.from_tomorrow", {}, "en") == refusal("request.invalid", {}, "en")
    assert fact_sentence("teleported", "id") == "Ada perubahan pada rujukan"


def test_the_same_code_of_two_enums_has_the_words_of_its_own_enum() -> None:
    assert word(DeclineReason.OTHER, "en") == "Another reason (write it down)"
    assert word(Outcome.MOVED, "id") == "Keluarga sudah pindah"
    assert word(Service.PBI_JK, "id") == "Iuran JKN dibayar pemerintah (PBI-JK)"
    assert fact_sentence("accepted", "id") == "Diterima oleh unit tujuan"


def test_a_review_date_is_told_as_a_day_even_when_it_is_iso_text() -> None:
    facts = {"earliest": date(2026, 11, 25), "latest": "2026-12-24"}
    assert "dari 25 November 2026 sampai 24 Desember 2026." in (
        refusal("referral.review_date_out_of_range", facts, "id").detail
    )


def test_a_moment_is_told_in_wib() -> None:
    moment = datetime(2026, 11, 24, 20, 5, tzinfo=UTC)
    assert say_moment(moment, "id") == "25 November 2026 pukul 03.05 WIB"
    assert say_moment(moment, "en") == "25 November 2026, 03:05 WIB"
    assert say_day(moment, "en") == "24 November 2026"
    assert "pukul 03.05 WIB" in refusal("referral.cancel_not_due", {"due": moment.isoformat()}, "id").detail


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        say_moment(datetime(2026, 11, 24, 8), "id")


def test_the_faults_and_warnings_of_a_number_are_told() -> None:
    assert number_fault("not_16_digits", "id") == "tidak berisi 16 angka"
    assert number_warning("region_differs", "en").startswith("The area in the NIK differs")
    assert number_fault("unheard_of", "id") == "unheard_of"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "id"),
        ("en", "en"),
        ("en-GB", "en"),
        ("ID-id", "id"),
        ("in-ID", "id"),
        ("en-US,en;q=0.9,id;q=0.8", "en"),
        ("id-ID,id;q=0.9,en-US;q=0.8,en;q=0.7", "id"),
        ("jv, en;q=0.4", "en"),
        ("jv, en;q=0.4, *;q=0.5", "id"),
        ("de, fr;q=0.5", "id"),
        ("*", "id"),
        ("*;q=0.5, id;q=0", "en"),
        ("en;q=0", "id"),
        ("en ; q=0.5 , id;q=0.500", "en"),
        ("id;q=1.5, en;q=0.1", "en"),
        ("id;q=abc, en;q=0.1", "en"),
        ("id;q=0.1234, en;q=0.1", "en"),
        (",, en,", "en"),
        ("env", "id"),
    ],
)
def test_a_language_is_picked_by_weight_then_by_order(header: str | None, language: Language) -> None:
    assert pick_language(header) == language


@given(st.text())
def test_no_header_can_break_the_choice_of_a_language(header: str) -> None:
    assert pick_language(header) in LANGUAGES
