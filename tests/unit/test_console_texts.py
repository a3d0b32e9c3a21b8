"""The texts of the pages: each one is in the catalogue, and no template says anything outside it."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS
from jinja2.ext import babel_extract

from services import console
from services.console.catalogue import catalogue, translations
from services.console.due import Urgency, time_left
from services.console.live import subjects_of

TEMPLATES = sorted((Path(console.__file__).parent / "templates").glob("*.html"))
_MARKS = r"{% trans.*?endtrans %}|{{.*?}}|{%.*?%}|{#.*?#}"
# Names that are the same in every language.
_NAMES = {
    "Nyekrup",
    "English",
    "Bahasa Indonesia",
    "NIK",
    "KK",
    "TKSK",
    "PKB",
    "BKKBN",
    "OpenAPI",
    "Prometheus",
    "AsyncAPI",
}


def _said() -> Iterator[str]:
    for template in TEMPLATES:
        with template.open("rb") as file:
            for _, _, text, _ in babel_extract(file, list(DEFAULT_KEYWORDS), [], {"trimmed": "true"}):
                yield text if isinstance(text, str) else text[0]


def test_every_text_of_the_pages_has_its_english_and_no_english_is_left_over() -> None:
    known = {str(message.id): message.string for message in catalogue("en") if message.id}
    assert set(_said()) == set(known)
    assert all(known.values())
    assert translations("en").gettext("Daftar kerja") == "Worklist"
    assert translations("id").gettext("Daftar kerja") == "Daftar kerja"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda each: each.name)
def test_a_template_says_nothing_outside_the_catalogue(template: Path) -> None:
    text = re.sub(
        r"{% trans.*?endtrans %}|{{.*?}}|{%.*?%}|{#.*?#}|<!doctype html>", " ", template.read_text(), flags=re.S
    )
    bare = {each.strip(" \n·,;:()+") for each in re.sub(r"<[^>]*>", "\n", text).splitlines()}
    assert {each for each in bare if re.search("[A-Za-z]", each)} <= _NAMES


def test_time_left_is_told_in_words_and_by_kind() -> None:
    now = datetime(2026, 11, 24, 3, tzinfo=UTC)
    told = {
        hours: (each.urgency, each.words)
        for hours in (-49, 3, 72)
        for each in [time_left(now + timedelta(hours=hours), now, "en")]
    }
    assert told == {
        -49: (Urgency.LATE, "2 days ago"), 3: (Urgency.SOON, "in 3 hours"), 72: (Urgency.CALM, "in 3 days"),
    }  # fmt: skip
    assert time_left(None, now, "id").urgency is Urgency.NONE


def test_an_event_wakes_its_referral_and_both_units_and_nonsense_wakes_nobody() -> None:
    body = b'{"data": {"snapshot": {"referral_id": "r", "unit_from": "a", "unit_to": null}}}'
    assert subjects_of(body) == {"r", "a"}
    assert subjects_of(b"no event") == subjects_of(b"[]") == set()
