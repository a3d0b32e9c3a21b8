"""The two lists of the made-up world, written as the agencies write theirs, and the truth beside them."""

import csv
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from services.cli.synth.damage import BARELY, Rates, born_in_list, name_in_list, number_in_list
from services.cli.synth.people import TODAY, Family, Human, World

PK, DTSEN, TRUTH = "pk.csv", "dtsen.csv", "truth.csv"
IN_PK, IN_DTSEN = 0.85, 0.8
_PK_HEADER = (
    "id_anggota", "kode_keluarga", "no_kk", "nik", "nama", "jenis_kelamin", "tanggal_lahir", "hubungan", "status_hamil",
    "ikut_kb_modern", "desa_kode", "alamat", "rt", "rw", "sumber_air", "jamban", "tanggal_data",
)  # fmt: skip
_DTSEN_HEADER = (
    "id_individu", "id_keluarga", "nomor_kk", "nik", "nama_lengkap", "jk", "tgl_lahir", "hub_kepala", "kelurahan_kode",
    "alamat_lengkap", "desil", "periode_desil", "pkh", "sembako", "pbi_jk",
)  # fmt: skip
_RELATION = {"KEPALA KELUARGA": "Kepala Keluarga", "ISTRI": "Istri", "ANAK": "Anak", "ORANG TUA": "Orang Tua"}
_FAR = 0.3
"""The share of moved families that went anywhere in the province; the others stayed in their kabupaten."""

Row = tuple[Any, ...]


@dataclass
class Lists:
    """Rows of both lists; *truth*: the person of the survey and the person of the register, by their ids."""

    pk: list[Row]
    dtsen: list[Row]
    truth: list[tuple[str, str]]


def make_lists(families: int, seed: int, rates: Rates, tell: Callable[[int], None] = lambda _: None) -> Lists:
    """Return both lists of *families*, in no order. The same numbers give the same lists."""
    chance = random.Random(seed)
    world, lists = World(chance, families), Lists([], [], [])
    for family in world.all():
        in_pk, in_dtsen = chance.random() < IN_PK, chance.random() < IN_DTSEN
        surveyed = _surveyed(family, lists, chance) if in_pk or not in_dtsen else {}
        if in_dtsen:
            _registered(family, surveyed, lists, world, rates)
        if family.number % 1_000 == 0:
            tell(family.number)
    for rows in (lists.pk, lists.dtsen, lists.truth):
        chance.shuffle(rows)
    return lists


def write_lists(lists: Lists, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / PK, _PK_HEADER, lists.pk, ";", "utf-8-sig")
    _write(folder / DTSEN, _DTSEN_HEADER, lists.dtsen, ",", "utf-8")
    _write(folder / TRUTH, ("id_anggota", "id_individu"), lists.truth, ",", "utf-8")


def _write(to: Path, header: Sequence[str], rows: Sequence[Row], separator: str, encoding: str) -> None:
    with to.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=separator)
        writer.writerow(header)
        writer.writerows(rows)


def _surveyed(family: Family, lists: Lists, chance: random.Random) -> dict[int, str]:
    """Write the family into the survey; return the id of each member who is in it."""
    ids = {}
    for human in family.members:
        if chance.random() < BARELY.person_missing / 3:
            continue
        ids[human.number] = identity = f"PK{len(lists.pk) + 1:09d}"
        born, home = born_in_list(human.born, BARELY, chance), family.home
        woman = human.sex == "P"
        lists.pk.append((
            identity, f"KLG{_unlike(family.number, 7_919):08d}", family.kk,
            "" if chance.random() < BARELY.nik_missing else human.nik,
            name_in_list(human.name, BARELY, chance), human.sex, f"{born:%d/%m/%Y}", human.relation,
            int(woman and human.relation == "ISTRI" and chance.random() < 0.05), "1" if woman else "", home.village,
            f"Dusun {home.hamlet}", home.rt, home.rw, family.water, family.latrine, "01/08/2026",
        ))  # fmt: skip
    return ids


def _registered(family: Family, surveyed: dict[int, str], lists: Lists, world: World, rates: Rates) -> None:
    """Write the family into the register, as it was known there some time ago or since."""
    chance, home, kk = world.chance, family.home, family.kk
    if chance.random() < rates.family_moved:
        home = world.home(_elsewhere(world, home.village))
        kk = world.card(home.village)
    elif chance.random() < rates.family_new_card:
        kk = world.card(home.village)
    left = _who_left(family, chance) if chance.random() < rates.family_split else None
    registered = f"DK{_unlike(family.number, 48_271):08d}"
    other_kk = world.card(home.village)
    assisted = [int(chance.random() < 0.8 - family.desil / 10) for _ in range(3)]
    for human in family.members:
        young = (TODAY - human.born).days < 365
        if chance.random() < (0.3 if young else rates.person_missing):
            continue
        apart = human is left
        card, code = (other_kk, f"{registered}9") if apart else (kk, f"{registered}0")
        relation = "Kepala Keluarga" if apart else _RELATION[human.relation]
        for _ in range(1 + (chance.random() < rates.row_twice)):
            seen = _as_registered(human, family, rates, chance)
            identity = f"D{len(lists.dtsen) + 1:09d}"
            nik = "" if chance.random() < rates.nik_missing else seen.nik
            lists.dtsen.append((
                identity, code, card, nik, _cased(seen.name, chance), {"L": 1, "P": 2}[seen.sex], seen.born.isoformat(),
                relation, home.village, f"RT {home.rt:03d} RW {home.rw:03d}", family.desil, "2026-Q3", *assisted,
            ))  # fmt: skip
            if human.number in surveyed:
                lists.truth.append((surveyed[human.number], identity))


def _as_registered(human: Human, family: Family, rates: Rates, chance: random.Random) -> Human:
    """Return the person as the register describes the person."""
    nik = human.nik
    if human.relation == "ISTRI" and chance.random() < rates.nik_of_spouse:
        nik = family.members[0].nik
    elif chance.random() < rates.nik_typed_wrong:
        nik = number_in_list(nik, chance)
    sex = human.sex if chance.random() >= rates.sex_wrong else "LP".replace(human.sex, "")
    return replace(human, nik=nik, sex=sex, name=name_in_list(human.name, rates, chance),
                   born=born_in_list(human.born, rates, chance))  # fmt: skip


def _unlike(number: int, by: int) -> int:
    """Return a number of its own for *number* that tells nothing of it: the two lists number families on their own."""
    return (number + 1) * by % 99_999_989


def _who_left(family: Family, chance: random.Random) -> Human | None:
    """Return the grown-up child or parent who has a card of their own by now."""
    grown = [each for each in family.members[1:] if each.relation != "ISTRI" and (TODAY - each.born).days > 17 * 365]
    return chance.choice(grown) if grown else None


def _elsewhere(world: World, village: str) -> str:
    near = [other for other in world.villages if other[:5] == village[:5]]
    return world.chance.choice(world.villages if world.chance.random() < _FAR else near)


def _cased(name: str, chance: random.Random) -> str:
    return name.upper() if chance.random() < 0.6 else name
