"""Indonesian names made comparable. Pure.

The same name is written in the spelling of before 1947 (oe), of before 1972 (dj, tj, nj) and of today, after Arabic in
several ways, with titles or without, and the commonest ones are cut short. What remains is a key for comparing, not a
name to show.
"""

import re

from services.registry.names import name_words

# Not part of a name, where something else is left.
_TITLES = frozenset(re.findall(r"\w+", """
    h hj haji hajah ny nyonya tn tuan alm almh almarhum almarhumah bpk bapak ibu bu pak sdr sdri ust ustad ustadz
    kh kyai dr drs dra ir prof sh spd skom ssos amd mpd mm msi bin binti
"""))  # fmt: skip
# The commonest first names, and how they are written and cut short.
_WRITINGS = {
    "muhamad": """moh moch muh mhd mohd muhamad muhammad mohammad mohamad mochamad mochammad muchamad muchammad mohammed
        muhammed mokhamad mokhammad mochmad""",
    "ahmad": "ahmad achmad akhmad ahmed ahmat achmat akhmat achmd ahmd",
    "abdul": "abd abdul abdoel abdull",
    "siti": "st siti sitti sity sti",
}
_SHORT = {text: name for name, texts in _WRITINGS.items() for text in re.findall(r"\w+", texts)}
_SINGLE = {"m": "muhamad", "a": "ahmad"}
# In this order. Sounds that the spellings write differently become one sign; double letters become single ones.
_SOUNDS = tuple(
    (re.compile(old), new)
    for old, new in (
        ("oe", "u"), ("dj", "j"), ("tj", "c"), ("nj", "ny"), ("sj", "sy"), ("ch|kh", "h"), ("dz|dh|dl", "d"),
        ("ts|th", "t"), ("sy|sh|z", "s"), ("ph|v|p", "f"), ("q|x|ck", "k"), ("iy|yi|y|ie", "i"), ("ou|w(?=u)", "u"),
        ("o", "u"), ("w", "u"),
        ("ai|ei", "e"), ("(.)\\1+", "\\1"), ("(?<=[a-z])h(?=$|[^aeiu])", ""), ("^h(?=[aeiu])", ""),
    )
)  # fmt: skip


def words(name: str) -> tuple[str, ...]:
    """Return the words of *name* for comparing, in their order, without titles: `St. Moenawaroh` is `siti`, `munauaru`.

    Empty where there is no letter at all.
    """
    plain = [word for word in name_words(name) if word]
    kept = [word for word in plain if word not in _TITLES] or plain
    if len(kept) > 1 and kept[0] in _SINGLE:
        kept[0] = _SINGLE[kept[0]]
    return tuple(_sound(_SHORT.get(word, word)) for word in kept)


def _sound(word: str) -> str:
    for old, new in _SOUNDS:
        word = old.sub(new, word)
    return word
