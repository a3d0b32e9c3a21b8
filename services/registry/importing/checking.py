"""The dry run: every row looked at, nothing changed."""

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from services.contracts.ids import RegionCode
from services.contracts.refusals import Refused
from services.registry.importing.batch import FILE, REJECTED, Batch
from services.registry.importing.headers import Guess, guess
from services.registry.importing.jobs import Processes
from services.registry.importing.opening import Opened, opened
from services.registry.importing.profile import profile
from services.registry.importing.reading import Rows, write_rejected
from services.registry.importing.report import Tally
from services.registry.importing.rows import Fault, Oddity
from services.registry.importing.words import WORDS
from services.registry.risk.aggregates import Figures, broken, with_areas_above

PAGE = 2_000
_LOOK_SECONDS = 0.5
_KNOWN = "SELECT id, dated, content_hash FROM listed_person WHERE list = %s AND id = ANY(%s)"


@dataclass(frozen=True, slots=True)
class Source:
    """The file of a batch, opened: its rows, and how its columns were understood."""

    opened: Opened
    guess: Guess
    rows: Rows


@contextmanager
def source_of(batch: Batch, scratch: Path) -> Iterator[Source]:
    """Open the file of *batch*. Raises Refused where it is no file of this list."""
    file, chosen = opened(batch.folder / FILE, scratch), profile(batch.list)
    try:
        found = guess(chosen, file.headers, file.sample, batch.columns)
    except KeyError as error:
        raise Refused("registry.file_wrong_list", list=batch.list, columns=error.args[0]) from None
    if found.missing:
        raise Refused("registry.file_wrong_list", list=batch.list, columns=", ".join(found.missing))
    rows = Rows(file, chosen, found.columns, scratch)
    try:
        yield Source(file, found, rows)
    finally:
        rows.close()


def check(batch: Batch, source: Source, processes: Processes) -> dict[str, Any]:
    """Return the report of the dry run, and write the rows that cannot come in beside the file."""
    tally, against, told = Tally(), Counter[str](), 0.0
    villages: dict[RegionCode, Figures] = {}
    for page in processes.check(source.rows.by_family(PAGE)):
        tally.merge(page.tally)
        against += _against_known(batch, page.contents)
        for village, figures in page.figures.items():
            villages.setdefault(village, Figures()).merge(figures)
        if time.monotonic() - told > _LOOK_SECONDS:
            batch.progressed(tally.rows)
            told = time.monotonic()
    if repeated := source.rows.repeated:
        tally.note(("id", Oddity.REPEATED), [], repeated)
    return reported(batch, source, tally, against, _risk(villages))


def reported(
    batch: Batch, source: Source, tally: Tally, against: Mapping[str, int], risk: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Return the report, and write the rows that cannot come in beside the file. *against*: see `ReportView`."""
    if misshapen := source.rows.misshapen:
        tally.note(("", Fault.WRONG_SHAPE), [line for line, _ in misshapen], len(misshapen))
    write_rejected(batch.folder / REJECTED, source.opened, source.rows,
                   tally.reasons, WORDS[Fault.WRONG_SHAPE].id)  # fmt: skip
    return {
        "rows": tally.rows + len(misshapen),
        "rejected": len(tally.reasons) + len(misshapen),
        **{name: against.get(name, 0) for name in ("new", "newer", "same", "older")},
        "kinds": tally.kinds(),
        "encoding": source.opened.encoding,
        "columns": {name: source.opened.headers[at] for name, at in source.guess.columns.items()},
        "by_content": source.guess.by_content,
        "ignored": source.guess.ignored,
        "risk": risk,
    }


def _risk(villages: Mapping[RegionCode, Figures]) -> dict[str, Any] | None:
    """Return the figures of every kabupaten and of all, to be held beside the published ones; None without any."""
    if not villages:
        return None
    every = with_areas_above(villages)
    large = {area: figures for area, figures in every.items() if area.count(".") <= 1}
    return {"areas": {area: large[area].as_json() for area in sorted(large)}, "broken": list(broken(every))}


def _against_known(batch: Batch, contents: Mapping[str, tuple[date, bytes]]) -> Counter[str]:
    """Count what these rows would be beside what is known: `new`, `newer`, `same`, or `older` (no change)."""
    rows = batch.connection.execute(_KNOWN, [batch.list, list(contents)])
    known = {row.id: (row.dated, bytes(row.content_hash)) for row in rows}
    return Counter(_beside(known.get(identity), content) for identity, content in contents.items())


def _beside(known: tuple[date, bytes] | None, content: tuple[date, bytes]) -> str:
    if known is None:
        return "new"
    if known[1] == content[1]:
        return "same"
    return "older" if content[0] < known[0] else "newer"
