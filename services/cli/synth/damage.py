"""What happens to people's data on its way into a list. Pure, but for the chance that it is given."""

import random
import re
import string
from dataclasses import dataclass, replace
from datetime import date, timedelta

_SPELLINGS = (
    ("oe", "u"), ("u", "oe"), ("dj", "j"), ("j", "dj"), ("tj", "c"), ("kh", "h"), ("h", "kh"), ("y", "i"), ("i", "y"),
    ("iy", "y"), ("f", "p"), ("v", "f"), ("z", "s"), ("sy", "s"), ("ch", "kh"), ("q", "k"), ("o", "u"), ("tt", "t"),
)  # fmt: skip
_SHORT = {
    "mohammad": ("Moch", "Moh.", "Muhammad", "Muh.", "M.", "Mhd"), "moch": ("Mochammad", "Muhammad", "Moh"),
    "ahmad": ("Achmad", "A.", "Ahmd"), "abdul": ("Abd.", "Abd", "Abdull"), "siti": ("St.", "Sity", "Sti"),
    "nurul": ("Nrl", "Nur"), "muhammad": ("Moh", "M"),
}  # fmt: skip
_TITLES = ("H.", "Hj.", "Ny.", "Alm.", "Bpk.", "Ibu", "Drs.", "Ust.")
_NICKNAMES = ("Ucok", "Mbak Yem", "Cak Man", "Yanti", "Pak De", "Nanik", "Gus Mad", "Iin")


@dataclass(frozen=True, slots=True)
class Rates:
    """How often each kind of damage happens: to a person, or to a family where the name says so."""

    nik_missing: float = 0.08
    nik_typed_wrong: float = 0.012
    nik_of_spouse: float = 0.004
    family_new_card: float = 0.12
    family_moved: float = 0.02
    family_split: float = 0.03
    name_typo: float = 0.06
    name_spelling: float = 0.08
    name_short: float = 0.3
    """Of those who have a word that is often shortened."""
    name_words_dropped: float = 0.06
    name_initial: float = 0.015
    name_title: float = 0.03
    name_nickname: float = 0.004
    name_cut_elsewhere: float = 0.01
    day_and_month_swapped: float = 0.008
    day_unknown: float = 0.02
    year_wrong: float = 0.012
    day_typed_wrong: float = 0.012
    sex_wrong: float = 0.003
    row_twice: float = 0.006
    person_missing: float = 0.03


FRIENDLY = Rates()
UNFRIENDLY = Rates(
    nik_missing=0.33, nik_typed_wrong=0.02, nik_of_spouse=0.008, family_new_card=0.40, family_moved=0.10,
    family_split=0.05, name_typo=0.10, name_spelling=0.14, name_words_dropped=0.10, name_initial=0.03, name_title=0.05,
    name_nickname=0.008, name_cut_elsewhere=0.02, day_and_month_swapped=0.015, day_unknown=0.04, year_wrong=0.02,
    day_typed_wrong=0.02, row_twice=0.01, person_missing=0.05,
)  # fmt: skip
BARELY = replace(FRIENDLY, **dict.fromkeys(("name_typo", "name_spelling", "name_words_dropped"), 0.01),
                 nik_missing=0.04, family_new_card=0.0, family_moved=0.0, family_split=0.0, name_title=0.0,
                 name_short=0.05, row_twice=0.0)  # fmt: skip
"""What the survey itself makes of people."""


def name_in_list(name: str, rates: Rates, chance: random.Random) -> str:
    """Return *name* as a list has it."""
    words = name.split()
    if chance.random() < rates.name_nickname:
        return chance.choice(_NICKNAMES)
    if len(words) > 1 and chance.random() < rates.name_words_dropped:
        words.pop(chance.randrange(1, len(words)) if chance.random() < 0.85 else 0)
    short = _SHORT.get(words[0].lower())
    if short and chance.random() < rates.name_short:
        words[0] = chance.choice(short)
    if len(words) > 1 and chance.random() < rates.name_initial:
        at = chance.randrange(len(words))
        words[at] = f"{words[at][0]}."
    text = " ".join(words)
    if chance.random() < rates.name_spelling:
        text = _spelled(text, chance)
    if chance.random() < rates.name_typo:
        text = typo(text, chance)
    if chance.random() < rates.name_cut_elsewhere:
        text = _cut_elsewhere(text, chance)
    return f"{chance.choice(_TITLES)} {text}" if chance.random() < rates.name_title else text


def typo(text: str, chance: random.Random) -> str:
    """Return *text* with one sign doubled, lost, changed, or in the place of its neighbour."""
    at = chance.randrange(1, len(text)) if len(text) > 1 else 0
    match chance.randrange(4):
        case 0:
            return text[:at] + text[at + 1 :]
        case 1:
            return text[:at] + chance.choice(string.ascii_lowercase) + text[at:]
        case 2:
            return text[:at] + chance.choice(string.ascii_lowercase) + text[at + 1 :]
    return text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :] if at else text


def born_in_list(born: date, rates: Rates, chance: random.Random) -> date:
    """Return the birth date as a list has it."""
    luck = chance.random()
    for share, change in (
        (rates.day_and_month_swapped, _swapped),
        (rates.day_unknown, lambda day: day.replace(month=chance.choice((1, 7, 12)), day=1)),
        (rates.year_wrong, lambda day: _replaced(day, day.year + chance.choice((-1, 1, -1, 1, 10, -10)))),
        (rates.day_typed_wrong, lambda day: day + timedelta(days=chance.choice((-9, -1, 1, 2, 10, 30)))),
    ):
        if luck < share:
            return change(born)
        luck -= share
    return born


def number_in_list(number: str, chance: random.Random) -> str:
    """Return *number* with one digit typed wrong, or two neighbours swapped; it stays a number that can be."""
    at = chance.randrange(12, 15)
    if chance.random() < 0.3 and number[at] != number[at + 1]:
        return number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    return number[:at] + str((int(number[at]) + chance.randint(1, 9)) % 10) + number[at + 1 :]


def _spelled(text: str, chance: random.Random) -> str:
    fitting = [(old, new) for old, new in _SPELLINGS if old in text.lower()]
    if not fitting:
        return text
    old, new = chance.choice(fitting)
    return re.sub(old, new, text, count=1, flags=re.IGNORECASE).title()


def _cut_elsewhere(text: str, chance: random.Random) -> str:
    """Move the blank, `SRIA STUTIK`, or lose it."""
    at = text.find(" ")
    if not 0 < at < len(text) - 2:
        return text
    return text.replace(" ", "", 1) if chance.random() < 0.5 else text[:at] + text[at + 1] + " " + text[at + 2 :]


def _swapped(day: date) -> date:
    return date(day.year, day.day, day.month) if day.day <= 12 else day


def _replaced(day: date, year: int) -> date:
    return day.replace(year=year, day=min(day.day, 28)) if year < 2027 else day
