"""The words of a message: one small template per fact and language, filled with a message's content.

A message names the number, the village and the deadline, never the family, and not the service either: in a small
village that could say who is meant. Of a restricted case it names the number and the deadline only. What is told
of a request for a speaker names topic and days: it is about no family.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from services.contracts.cases import CaseKind
from services.contracts.codes import ClockName, StopParty
from services.contracts.ids import OfficerId, UnitId
from services.contracts.speaking.codes import SpeakerClock
from services.contracts.words import Language, fact_sentence, reason, say_moment_of_week, speaking_sentence, word
from services.notify.note import Content
from services.notify.places import place_name
from services.notify.session_words import session_words

_FOLDER = Path(__file__).parent / "templates"
_ANY_FACT = "any_fact"
_URGENT: Mapping[Language, str] = {"id": "MENDESAK: ", "en": "URGENT: "}
_CLOCKS: Mapping[CaseKind, type[ClockName] | type[SpeakerClock]] = {
    CaseKind.REFERRAL: ClockName,
    CaseKind.SPEAKER: SpeakerClock,
}
# Where the templates of a kind lie, in the folder of a language.
_SHELF: Mapping[CaseKind, str] = {CaseKind.REFERRAL: "", CaseKind.SPEAKER: "speaking/"}


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
    """*calendar*: a file that goes with it where the channel can carry one."""

    subject: str
    body: str
    calendar: bytes | None = None


def compose(told: Told, language: Language) -> Letter:
    """Return *told* as a subject and a plain body. Total over the facts: one without words of its own is named."""
    template = _template(told.content.kind, told.fact, language)
    facts = _facts(told, language)
    urgent = _URGENT[language] if told.urgent else ""
    return Letter(urgent + _block(template, "subject", facts), template.render(facts).strip() + "\n")


def compose_digest(told: Sequence[Told], language: Language) -> Letter:
    """Return the morning mail: all that waits for one officer, in one list."""
    letters = [compose(each, language) for each in told]
    template = _environment(language).get_template("digest.j2")
    kinds = {each.content.kind for each in told}
    facts = {"letters": letters, "count": len(letters), "only_referrals": kinds == {CaseKind.REFERRAL}}
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
        "why_parked": reason(content.parked, language) if content.parked else None,
        "clock": content.clock,
        "due_clock": content.due_clock,
        "awaited": word(_CLOCKS[content.kind](content.due_clock), language) if content.due_clock else None,
        "due": say_moment_of_week(content.due_at, language) if content.due_at else None,
        "sentence": (speaking_sentence if content.days else fact_sentence)(told.fact, language),
        **(session_words(content.days, language) if content.days else {}),
    }


def _side(content: Content, reader: Reader) -> str:
    if reader.unit == content.unit_from:
        return "from"
    return "to" if reader.unit == content.unit_to else "above"


def _block(template: Template, name: str, facts: Mapping[str, Any]) -> str:
    said = "".join(template.blocks[name](template.new_context(dict(facts))))
    return " ".join(said.split())


def _template(kind: CaseKind, fact: str, language: Language) -> Template:
    name = fact if has_words(fact, kind) else _ANY_FACT
    return _environment(language).get_template(f"{_SHELF[kind]}{name}.j2")


@cache
def has_words(fact: str, kind: CaseKind = CaseKind.REFERRAL) -> bool:
    """Return whether *fact* has a template of its own."""
    return (_FOLDER / "id" / _SHELF[kind] / f"{fact}.j2").is_file()


@cache
def _environment(language: Language) -> Environment:
    return Environment(
        loader=FileSystemLoader(_FOLDER / language),
        autoescape=False,  # plain text: there is nothing to escape for
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
