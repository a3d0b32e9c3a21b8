"""Which column of a file is which field: by its header, else by what stands below it. Pure."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from services.registry.importing.dates import read_date, read_quarter
from services.registry.importing.profile import Kind, Profile, plain

_SIXTEEN = re.compile(r"['`]?\d{16}")
_VILLAGE = re.compile(r"\d{2}\.?\d{2}\.?\d{2}\.?\d{4}")
# What can be told from the content alone. A name and an address cannot, nor can a KK number from a NIK.
_SHAPES: Mapping[Kind, Callable[[str], bool]] = {
    Kind.VILLAGE: lambda text: bool(_VILLAGE.fullmatch(text)),
    Kind.QUARTER: lambda text: read_quarter(text) is not None and not text.isdigit(),
    Kind.DATE: lambda text: read_date(text)[0] is not None and not text.isdigit(),
    Kind.NIK: lambda text: bool(_SIXTEEN.fullmatch(text)),
}
_MOST_OF = 0.9


@dataclass(frozen=True, slots=True)
class Guess:
    """*columns*: the column of each field that was found, counted from 0. *by_content*: those whose header said
    nothing. *missing*: required fields without one. *ignored*: headers of columns that are not read."""

    columns: Mapping[str, int]
    by_content: tuple[str, ...]
    missing: tuple[str, ...]
    ignored: tuple[str, ...]


def guess(
    profile: Profile, headers: Sequence[str], sample: Sequence[Sequence[str]], told: Mapping[str, str] | None = None
) -> Guess:
    """Return which column holds which field. *told*: headers that a person named, by field; they win.

    Raises KeyError with the header that a person named and the file does not have.
    """
    columns = {field: _named(headers, header) for field, header in (told or {}).items()}
    for field, column in profile.fields.items():
        at = _first([plain(header) for header in headers], column.headers, set(columns.values()))
        if field not in columns and at is not None:
            columns[field] = at
    by_content = []
    for field, column in profile.fields.items():
        if field not in columns and column.kind in _SHAPES:
            fits = [at for at in range(len(headers)) if at not in columns.values() and _fits(column.kind, sample, at)]
            if len(fits) == 1:
                columns[field] = fits[0]
                by_content.append(field)
    return Guess(
        columns=columns,
        by_content=tuple(by_content),
        missing=tuple(field for field in profile.required if field not in columns),
        ignored=tuple(header for at, header in enumerate(headers) if at not in columns.values()),
    )


def _named(headers: Sequence[str], wanted: str) -> int:
    for at, header in enumerate(headers):
        if plain(header) == plain(wanted):
            return at
    raise KeyError(wanted)


def _first(headers: Sequence[str], known: Sequence[str], taken: set[int]) -> int | None:
    """Return the first column that carries one of the *known* headers, the best known one first."""
    for name in known:
        for at, header in enumerate(headers):
            if header == plain(name) and at not in taken:
                return at
    return None


def _fits(kind: Kind, sample: Sequence[Sequence[str]], at: int) -> bool:
    texts = [row[at].strip() for row in sample if at < len(row) and row[at].strip()]
    return bool(texts) and sum(map(_SHAPES[kind], texts)) >= _MOST_OF * len(texts)
