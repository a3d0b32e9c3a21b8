"""The words of a message: one small template per fact and language, filled with a message's content.

A message names the number, the village and the deadline, never the family, and not the service either: in a small
village that could say who is meant. Of a restricted case it names the number and the deadline only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from services.contracts.codes import StopParty
from services.contracts.ids import OfficerId, UnitId
from services.contracts.wib import WIB
from services.contracts.words import Language, fact_sentence, say_moment, word
from services.notify.note import Content
from services.notify.places import place_name

_FOLDER = Path(__file__).parent / "templates"
_ANY_FACT = "any_fact"
_URGENT: Mapping[Language, str] = {"id": "MENDESAK: ", "en": "URGENT: "}
_DAYS: Mapping[Language, tuple[str, ...]] = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads it: the words differ between the two sides."""

    unit: UnitId | None = None
    officer: OfficerId | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """One message to be put in words."""

    fact: str
    content: Content
    reader: Reader
    urgent: bool = False
    restricted: bool = False


@dataclass(frozen=True, slots=True)
class Letter:
    subject: str
    body: str


def say_deadline(moment: datetime, language: Language) -> str:
    """Return `Selasa 24 November 2026 pukul 16.00 WIB` or `Tuesday 24 November 2026, 16:00 WIB`."""
    return f"{_DAYS[language][moment.astimezone(WIB).weekday()]} {say_moment(moment, language)}"


def compose(told: Told, language: Language) -> Letter:
    """Return *told* as a subject and a plain body. Total over the facts: one without words of its own is named."""
    template = _template(told.fact, language)
    facts = _facts(told, language)
    urgent = _URGENT[language] if told.urgent else ""
    return Letter(urgent + _block(template, "subject", facts), template.render(facts).strip() + "\n")


def compose_digest(told: Sequence[Told], language: Language) -> Letter:
    """Return the morning mail: all that waits for one officer, in one list."""
    letters = [compose(each, language) for each in told]
    template = _environment(language).get_template("digest.j2")
    facts = {"letters": letters, "count": len(letters)}
    return Letter(_block(template, "subject", facts), template.render(facts).strip() + "\n")


def as_mail(letter: Letter, language: Language) -> str:
    """Return the body of *letter* as a mail carries it: with the line that says who sent it, and not to answer."""
    return _environment(language).get_template("mail.j2").render(body=letter.body.strip()).strip() + "\n"


def _facts(told: Told, language: Language) -> dict[str, Any]:
    content, reader = told.content, told.reader
    return {
        "number": content.number,
        "village": None if told.restricted else place_name(content.region),
        "sender": content.sender,
        "receiver": content.receiver or word(StopParty.RECEIVING_UNIT, language),
        "has_receiver": content.receiver is not None,
        "side": _side(content, reader),
        "mine": content.assignee is not None and content.assignee == reader.officer,
        "why_parked": word(content.parked, language) if content.parked else None,
        "clock": content.clock.value if content.clock else None,
        "due_clock": content.due_clock.value if content.due_clock else None,
        "awaited": word(content.due_clock, language) if content.due_clock else None,
        "due": say_deadline(content.due_at, language) if content.due_at else None,
        "sentence": fact_sentence(told.fact, language),
    }


def _side(content: Content, reader: Reader) -> str:
    if reader.unit == content.unit_from:
        return "from"
    return "to" if reader.unit == content.unit_to else "above"


def _block(template: Template, name: str, facts: Mapping[str, Any]) -> str:
    said = "".join(template.blocks[name](template.new_context(dict(facts))))
    return " ".join(said.split())


def _template(fact: str, language: Language) -> Template:
    return _environment(language).get_template(f"{fact if has_words(fact) else _ANY_FACT}.j2")


@cache
def has_words(fact: str) -> bool:
    """Return whether *fact* has a template of its own."""
    return (_FOLDER / "id" / f"{fact}.j2").is_file()


@cache
def _environment(language: Language) -> Environment:
    return Environment(
        loader=FileSystemLoader(_FOLDER / language),
        autoescape=False,  # plain text: there is nothing to escape for
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
