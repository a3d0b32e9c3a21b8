"""The console's own texts: written in Indonesian in the templates, and in English in a catalogue beside them.

What the codes of the parts are called stands in `contracts.words`; a catalogue holds only what a page says itself.
"""

from functools import cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from services.contracts.words import Language

_FOLDER = Path(__file__).parent / "locales"


@cache
def translations(language: Language) -> NullTranslations:
    """Return the texts in *language*. Indonesian is what the templates say."""
    if language == "id":
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, catalogue(language))
    compiled.seek(0)
    return Translations(compiled)


def catalogue(language: Language) -> Catalog:
    """Return the texts of all catalogue files of *language*: one file for each group of readers."""
    whole = Catalog(locale=language)
    for path in sorted((_FOLDER / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id:
                    whole.add(message.id, message.string)
    return whole
