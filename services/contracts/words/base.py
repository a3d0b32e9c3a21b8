"""The two languages, and one text in both."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Language = Literal["id", "en"]
LANGUAGES: tuple[Language, ...] = ("id", "en")
DEFAULT_LANGUAGE: Language = "id"


@dataclass(frozen=True, slots=True)
class Words:
    """One text in both languages."""

    id: str
    en: str

    def said(self, language: Language) -> str:
        return self.en if language == "en" else self.id


def spelled(code: str, table: Mapping[Any, Words], language: Language) -> str:
    """Return the words of *code*, or the bare code where *table* has none.

    A newer writer may send a code that this reader does not know yet: showing it beats failing.
    """
    return table[code].said(language) if code in table else code
