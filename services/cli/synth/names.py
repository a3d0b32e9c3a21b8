"""Names as East Java has them: a few very often, many seldom, one word or up to four."""

import random
from collections.abc import Sequence
from itertools import accumulate

from faker.providers.person.id_ID import Provider

# Names of villages in East Java that the library's list of towns lacks, the most frequent first.
_WOMEN = (
    "Siti", "Sri", "Sulastri", "Sumiati", "Nur", "Dewi", "Suparti", "Kasiyati", "Misnati", "Ponirah", "Wahyuni",
    "Endang", "Tutik", "Sulastini", "Rukmini", "Halimah", "Hotimah", "Khusnul", "Lailatul", "Nurul", "Umi", "Juminten",
    "Satinah", "Wagirah", "Sutinah", "Mutmainah", "Fatimah", "Holifah", "Muzayyanah", "Suharti", "Indah", "Yuliana",
    "Rohmatul",
)  # fmt: skip
_MEN = (
    "Mohammad", "Ahmad", "Slamet", "Sutrisno", "Suyono", "Agus", "Abdul", "Supriyadi", "Bambang", "Hadi", "Sugeng",
    "Mulyono", "Ponimin", "Sukardi", "Misnadi", "Sumarno", "Djoko", "Wahyu", "Eko", "Dwi", "Sunarto", "Paimin",
    "Kasiyan", "Moch", "Imam", "Samsul", "Khoirul", "Zainal", "Hasan", "Subandi", "Wagiman", "Tukimin",
    "Matrawi", "Buari",
)  # fmt: skip
_LAST = (
    "Utomo", "Lestari", "Wulandari", "Rahayu", "Santoso", "Hidayat", "Fitriyah", "Khasanah", "Arifin", "Maulana",
    "Nugroho", "Prasetyo", "Handayani", "Rohmah", "Setiawan", "Wibowo", "Astutik", "Ningsih", "Kurniawan", "Effendi",
    "Jannah", "Subagyo", "Purnomo", "Ramadhani", "Anggraini", "Hariyanto", "Saputra", "Permatasari", "Wijaya", "Ma'ruf",
)  # fmt: skip
_EXPONENT = 0.85
_WORDS = (0.28, 0.52, 0.18, 0.02)


class Pool:
    """Words to draw from; the first ones come far more often (Zipf)."""

    def __init__(self, *words: Sequence[str]) -> None:
        self._words = list(dict.fromkeys(word for some in words for word in some if word.isascii()))
        self._weights = list(accumulate(1 / (rank + 4) ** _EXPONENT for rank in range(len(self._words))))

    def draw(self, chance: random.Random) -> str:
        return chance.choices(self._words, cum_weights=self._weights)[0]


_FIRST = {"L": Pool(_MEN, Provider.first_names_male), "P": Pool(_WOMEN, Provider.first_names_female)}
_LATER = Pool(_LAST, Provider.last_names, [f"{name}to" for name in _MEN[:20] if name[-1] in "on"])


def new_name(sex: str, chance: random.Random, *, fathers: str = "") -> str:
    """Return a name for *sex* (`L` or `P`); some children carry their father's last word."""
    words = [_FIRST[sex].draw(chance)]
    count = chance.choices(range(1, len(_WORDS) + 1), _WORDS)[0]
    while len(words) < count:
        word = _LATER.draw(chance) if chance.random() < 0.75 else _FIRST[sex].draw(chance)
        if word not in words:
            words.append(word)
    if fathers and len(words) > 1 and chance.random() < 0.25:
        words[-1] = fathers.split()[-1]
    return " ".join(words)


def twins_name(name: str, sex: str, chance: random.Random) -> str:
    """Return the name of somebody's twin: often it begins alike."""
    other = new_name(sex, chance)
    first, *rest = name.split()
    return " ".join([first, *other.split()[1:]]) if rest and chance.random() < 0.3 else other
