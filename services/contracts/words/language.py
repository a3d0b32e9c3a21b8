"""Which of the two languages a reader wants."""

import re
from collections.abc import Iterator

from services.contracts.words.base import DEFAULT_LANGUAGE, LANGUAGES, Language

# RFC 9110, 12.4.2: at most three decimals, never above 1. Blank space may stand on both sides of ";".
_RANGE = re.compile(
    r"\s*(?P<tag>\*|[a-z]{1,8}(?:-[a-z0-9]{1,8})*)\s*(?:;\s*q=(?P<q>0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*)?",
    re.IGNORECASE | re.ASCII,
)
# Older phones (Java before 17) still say "in" for Indonesian.
_OLD_NAMES = {"in": "id"}


def pick_language(accept_language_header: str | None) -> Language:
    """Return the language that an Accept-Language header asks for; also takes a bare tag such as `en-GB`.

    Indonesian where the header is missing, broken, or names neither language. Of two equally wanted ones the
    first named wins. Source: RFC 9110, sections 12.4.2 and 12.5.4; RFC 4647, section 3.3.1 (prefix match).
    """
    wanted = _wanted(accept_language_header or "")
    best = max(wanted.values(), default=0.0)
    return next((language for language, quality in wanted.items() if quality == best > 0), DEFAULT_LANGUAGE)


def _wanted(header: str) -> dict[Language, float]:
    """Return the quality of each language, in the order named; `*` counts for those not named themselves."""
    ranges = tuple(_ranges(header))
    named: dict[Language, float] = {}
    for tag, quality in ranges:
        for language in LANGUAGES:
            if tag == language:
                named[language] = max(quality, named.get(language, 0.0))
    anything = max((quality for tag, quality in ranges if tag == "*"), default=0.0)
    return named | {language: anything for language in LANGUAGES if language not in named}


def _ranges(header: str) -> Iterator[tuple[str, float]]:
    """Yield (primary tag, quality); an element that is not well formed is left out, the others still count."""
    for element in header.split(","):
        if found := _RANGE.fullmatch(element):
            primary = found["tag"].lower().partition("-")[0]
            yield _OLD_NAMES.get(primary, primary), float(found["q"] or "1")
