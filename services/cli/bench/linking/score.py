"""Links compared with the truth. Pure."""

import csv
from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import date
from pathlib import Path

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Score:
    """*precision*: of the joins, how many are true. *recall*: of the true pairs, how many are joined or to be reviewed.
    *review_share*: reviews for each true pair."""

    precision: float
    recall: float
    review_share: float


def score(truth: Set[Pair], joins: Set[Pair], reviews: Set[Pair]) -> Score:
    return Score(
        precision=len(joins & truth) / max(len(joins), 1),
        recall=len((joins | reviews) & truth) / max(len(truth), 1),
        review_share=len(reviews) / max(len(truth), 1),
    )


def read_pairs(file: Path, decision: str | None = None) -> set[Pair]:
    """Return the pairs in *file*, those of one *decision* if given."""
    with file.open(encoding="utf-8", newline="") as source:
        return {(row["id_anggota"], row["id_individu"]) for row in csv.DictReader(source)
                if decision is None or row["decision"] == decision}  # fmt: skip


def rule_based(pk: Path, dtsen: Path) -> set[Pair]:
    """Return what a plain script finds: one NIK and one birth date or name; else one KK, name and birth date."""
    surveyed = [
        (row["id_anggota"], row["nik"], row["no_kk"], _name(row["nama"]), _day(row["tanggal_lahir"]))
        for row in _rows(pk, ";")
    ]
    by_nik = {nik: (person, name, born) for person, nik, _, name, born in surveyed if nik}
    by_card = {(kk, name, born): person for person, _, kk, name, born in surveyed}
    found = set()
    for row in _rows(dtsen, ","):
        name, born = _name(row["nama_lengkap"]), date.fromisoformat(row["tgl_lahir"])
        person, *rest = by_nik.get(row["nik"], (None, "", None))
        if person is None or (name, born)[rest[0] != name] not in rest:
            person = by_card.get((row["nomor_kk"], name, born))
        if person is not None:
            found.add((person, row["id_individu"]))
    return found


def _rows(file: Path, separator: str) -> Iterable[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as source:
        yield from csv.DictReader(source, delimiter=separator)


def _name(text: str) -> str:
    return " ".join(text.lower().replace(".", " ").split())


def _day(text: str) -> date:
    day, month, year = map(int, text.split("/"))
    return date(year, month, day)
