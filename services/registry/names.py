"""How a name is made comparable. Pure."""

import re
import unicodedata

_APOSTROPHES = re.compile(r"['`\u2018\u2019\u02bc]")
_NOT_A_LETTER = re.compile(r"[\W\d_]+")


def name_parts(name: str) -> frozenset[str]:
    """Return the words of *name* in lower case, without accents, apostrophes and signs: `Ma'ruf Sy.` is `maruf`, `sy`.

    Single letters are left out where there is anything longer; empty where there is no letter at all.
    """
    words = frozenset(name_words(name))
    return frozenset(word for word in words if len(word) > 1) or words


def name_words(name: str) -> list[str]:
    """Return the words of *name* in their order, in lower case, without accents, apostrophes and signs."""
    plain = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", name)).casefold()
    letters = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return list(filter(None, _NOT_A_LETTER.split(letters)))
