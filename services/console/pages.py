"""Templates turned into pages: the texts in the reader's language, and the codes of the parts in words."""

from datetime import date, datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from babel.numbers import format_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import URL

from services.console.catalogue import translations
from services.console.due import time_left
from services.console.lasting import lasting
from services.console.navigation import links_of
from services.console.route_static import address
from services.console.visit import Visit
from services.contracts import books, codes, lifecycle
from services.contracts.speaking import codes as speaking_codes
from services.contracts.speaking import lifecycle as speaking_lifecycle
from services.contracts.words import (
    LANGUAGES,
    Language,
    fact_sentence,
    number_fault,
    number_warning,
    reason,
    refusal,
    say_day,
    say_moment,
    speaking_sentence,
    word,
)

_CODES = (lifecycle, books, codes, speaking_lifecycle, speaking_codes)
_FOLDER = Path(__file__).parent / "templates"


class Pages:
    """The templates, one environment for each language."""

    def __init__(self) -> None:
        self._environments = {language: _environment(language) for language in LANGUAGES}

    def render(self, template: str, visit: Visit, **shown: Any) -> str:
        """Return the page: *shown*, and what every page has."""
        environment = self._environments[visit.language]
        every = {
            "session": visit.session,
            "links": links_of(visit.session.role, visit.session.level) if visit.session else (),
            "language": visit.language,
            "path": visit.request.url.path,
            "here": _here(visit),
            "left": partial(_left, visit),
            "new_key": uuid4,
            "static": address,
        }
        return environment.get_template(template).render(**{**every, **shown})


def _here(visit: Visit) -> str:
    """Return the address that shows this page again; for the answer to a form, that of the page with the form."""
    url = visit.request.url if visit.request.method == "GET" else URL(visit.request.headers.get("referer", "/"))
    return f"{url.path}?{url.query}" if url.query else url.path


def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    environment.filters |= {
        "words": partial(_words, language),
        "reason": partial(_reason, language),
        "fault": lambda code: number_fault(code, language),
        "odd": lambda code: number_warning(code, language),
        "fact": lambda fact: fact_sentence(fact, language),
        "spoken": lambda fact: speaking_sentence(fact, language),
        "moment": lambda moment: say_moment(_moment(moment), language) if moment else "",
        "refused": lambda code, number: refusal(code, {"number": number}, language).title,
        "lasting": lambda seconds: lasting(seconds, language),
        "grouped": lambda number: format_decimal(number, locale=language),
        "day": lambda day: say_day(date.fromisoformat(day), language) if day else "",
    }
    return environment


def _words(language: Language, code: str | None, of: str) -> str:
    """Return *code* of the enum called *of* in words; one that this version does not know as it is."""
    if not code:
        return ""
    kind: type[StrEnum] = next(getattr(each, of) for each in _CODES if hasattr(each, of))
    try:
        return word(kind(code), language)
    except ValueError:
        return code


def _reason(language: Language, code: str | None) -> str:
    return reason(code, language) if code else ""


def _left(visit: Visit, due_at: str | None) -> Any:
    return time_left(_moment(due_at) if due_at else None, visit.now, visit.language)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
