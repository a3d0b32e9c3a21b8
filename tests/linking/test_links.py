"""Two lists laid on each other: who is joined, who is for a person to look at, and who stays apart."""

import csv
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.cli.bench.linking.score import read_pairs, score
from services.cli.synth.damage import UNFRIENDLY
from services.cli.synth.lists import DTSEN, PK, TRUTH, make_lists, write_lists
from services.registry.linking.__main__ import main
from tests.integration.list_files import PK_COLUMNS, as_csv, pk_row

DTSEN_COLUMNS = (
    "id_individu", "id_keluarga", "nomor_kk", "nik", "nama_lengkap", "jk", "tgl_lahir", "hub_kepala", "kelurahan_kode",
    "alamat_lengkap", "desil", "periode_desil", "pkh", "sembako", "pbi_jk",
)  # fmt: skip
Links = dict[tuple[str, str], dict[str, str]]


def surveyed(identity: str, family: str, name: str, born: str, **fields: Any) -> dict[str, Any]:
    day, month, year = born[8:], born[5:7], born[:4]
    kk = f"35159901012{sum(map(ord, family)):05d}"
    who = {"id_anggota": identity, "kode_keluarga": family, "no_kk": kk, "nama": name, "nik": ""}
    return pk_row(1, **{**who, "tanggal_lahir": f"{day}/{month}/{year}", **fields})


def registered(identity: str, family: str, name: str, born: str, **fields: Any) -> dict[str, Any]:
    return {
        "id_individu": identity, "id_keluarga": f"D{family}", "nomor_kk": f"35159901012{sum(map(ord, family)):05d}",
        "nik": "", "nama_lengkap": name, "jk": "2", "tgl_lahir": born, "hub_kepala": "Kepala Keluarga",
        "kelurahan_kode": "35.15.08.2001", "alamat_lengkap": "RT 001 RW 002", "desil": 3, "periode_desil": "2026-Q3",
        "pkh": 0, "sembako": 1, "pbi_jk": 1, **fields,
    }  # fmt: skip


MAN, WIFE = {"jk": "1"}, {"hub_kepala": "Istri"}
NIK = "3515991205800007"
SURVEY = [
    surveyed("P-husband", "F1", "Sutrisno Wibowo", "1980-05-12", jenis_kelamin="L", nik=NIK),
    surveyed("P-wife", "F1", "Rukmini Lestari", "1984-09-03", hubungan="ISTRI", nik="3515994309840011"),
    surveyed("P-twice", "F2", "Halimah Kusuma", "1975-02-17", nik="3515995702750003"),
    surveyed("P-one", "F3", "Ratna Anggraini", "2001-11-23"),
    surveyed("P-namesake", "F4", "Ratna Anggraini", "2001-11-23"),
    surveyed("P-contradicted", "F5", "Kasiyan Utomo", "1966-06-06", jenis_kelamin="L", nik="3515990606660001"),
    surveyed("P-elder", "F6", "Endang Susanti", "1990-03-04", nik="3515994403900001"),
    surveyed("P-younger", "F6", "Endah Susanti", "1994-08-19", hubungan="ANAK", nik="3515995908940001"),
    surveyed("P-father", "F20", "Wagiman Subandi", "1960-02-11", jenis_kelamin="L", nik="3515991102600004"),
    surveyed("P-mother", "F20", "Ponirah Astutik", "1963-07-21", hubungan="ISTRI", nik="3515996107630002"),
    surveyed("P-turned", "F21", "Kusuma Dewi Anggraini", "1988-01-30"),
]
REGISTER = [
    registered("D-husband", "F1", "SUTRISNO WIBOWO", "1980-05-12", **MAN, nik=NIK),
    registered("D-wife", "F1", "RUKMINI LESTARI", "1984-09-03", **WIFE, nik=NIK),
    registered("D-twice-1", "F2", "HALIMAH KUSUMA", "1975-02-17", nik="3515995702750003"),
    registered("D-twice-2", "F9", "Halimah Kusuma", "1975-02-17", nik="3515995702750003"),
    registered("D-one", "F8", "RATNA ANGGRAINI", "2001-11-23"),
    registered("D-contradicted", "F7", "Mutmainah", "1999-12-01", nik="3515990606660001",
               kelurahan_kode="35.07.21.2005"),
    registered("D-younger", "F6", "ENDAH SUSANTI", "1994-08-19", hub_kepala="Anak", nik="3515995908940001"),
    registered("D-mother", "F20", "PONIRAH ASTUTIK", "1963-07-21", **WIFE, nik="3515996107630002"),
    registered("D-son", "F20", "HASAN PURNOMO", "1991-12-05", **MAN, hub_kepala="Anak", nik="3515991102600004"),
    registered("D-turned", "F22", "ANGGRAINI DEWI KUSUMA", "1978-01-30"),
]  # fmt: skip


@pytest.fixture(scope="module")
def links(tmp_path_factory: pytest.TempPathFactory) -> Links:
    folder = tmp_path_factory.mktemp("lists")
    (folder / PK).write_bytes(as_csv(SURVEY, PK_COLUMNS))
    (folder / DTSEN).write_bytes(as_csv(REGISTER, DTSEN_COLUMNS, separator=",", encoding="utf-8"))
    out = folder / "out.csv"
    assert main(["--pk", str(folder / PK), "--dtsen", str(folder / DTSEN), "--out", str(out)]) == 0
    with out.open() as source:
        return {(row["id_anggota"], row["id_individu"]): row for row in csv.DictReader(source)}


def _joined(links: Links) -> Iterator[tuple[str, str]]:
    return (pair for pair, row in links.items() if row["decision"] == "join")


def test_a_wife_who_carries_her_husbands_nik_is_joined_with_herself(links: Links) -> None:
    assert {("P-husband", "D-husband"), ("P-wife", "D-wife")} <= set(_joined(links))
    assert ("P-husband", "D-wife") not in links


def test_an_equal_nik_alone_joins_nobody_whose_name_and_birth_date_contradict_it(links: Links) -> None:
    assert ("P-contradicted", "D-contradicted") not in links


def test_an_equal_nik_that_contradicts_the_rest_inside_one_family_is_for_a_person_to_look_at(links: Links) -> None:
    assert links["P-father", "D-son"]["decision"] == "review"
    assert ("P-mother", "D-mother") in set(_joined(links))


def test_a_name_in_another_order_is_found_beside_a_birth_year_typed_wrong(links: Links) -> None:
    found = links["P-turned", "D-turned"]
    assert found["evidence"].startswith("same name in another order, birth date differs in one part")


def test_who_stands_twice_in_the_register_has_both_rows(links: Links) -> None:
    assert {("P-twice", "D-twice-1"), ("P-twice", "D-twice-2")} <= set(_joined(links))


def test_of_two_people_of_one_name_and_birth_date_none_is_joined_unseen(links: Links) -> None:
    assert [row["decision"] for (_, person), row in links.items() if person == "D-one"] == ["review"]


def test_the_sister_who_is_missing_from_the_register_is_not_taken_for_the_other(links: Links) -> None:
    assert ("P-younger", "D-younger") in set(_joined(links))
    assert not [pair for pair in links if pair[0] == "P-elder"]


def test_every_row_of_the_register_goes_to_one_person_at_most(links: Links) -> None:
    people = [person for _, person in links]
    assert len(people) == len(set(people))


def test_each_link_says_how_it_was_found_and_what_speaks_for_it(links: Links) -> None:
    row = links["P-husband", "D-husband"]
    assert row["kind"] == "nik"
    assert row["evidence"] == "same NIK, same name, same birth date, same KK, same RT/RW, 1 more of the family found"
    assert "another NIK" in links["P-wife", "D-wife"]["evidence"]
    assert 0.98 < float(row["score"]) <= 1


@pytest.mark.timeout(180)
def test_the_command_links_badly_damaged_lists_as_well_as_is_promised(tmp_path: Path) -> None:
    write_lists(make_lists(400, 5, UNFRIENDLY), tmp_path)
    out = tmp_path / "out.csv"
    command = [sys.executable, "-m", "services.cli.main", "link", "--json"]
    files = ["--pk", str(tmp_path / PK), "--dtsen", str(tmp_path / DTSEN), "--out", str(out)]
    subprocess.run([*command, *files], check=True, capture_output=True)
    found = score(read_pairs(tmp_path / TRUTH), read_pairs(out, "join"), read_pairs(out, "review"))
    assert found.precision >= 0.998
    assert found.recall >= 0.97
    assert found.review_share <= 0.04


def test_a_file_of_another_list_gets_a_sentence_and_no_links(tmp_path: Path) -> None:
    (tmp_path / PK).write_bytes(as_csv(SURVEY, PK_COLUMNS))
    command = [
        sys.executable,
        "-m",
        "services.cli.main",
        "link",
        "--pk",
        str(tmp_path / PK),
        "--dtsen",
        str(tmp_path / PK),
    ]
    ended = subprocess.run([*command, "--out", str(tmp_path / "out.csv")], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "The columns do not fit" in ended.stderr
    assert not (tmp_path / "out.csv").exists()


def test_the_same_number_makes_the_same_lists_and_nobody_in_them_exists() -> None:
    one, again, other = (make_lists(40, seed, UNFRIENDLY) for seed in (1, 1, 2))
    assert (one.pk, one.dtsen, one.truth) == (again.pk, again.dtsen, again.truth)
    assert one.pk != other.pk
    assert {nik[4:6] for row in (*one.pk, *one.dtsen) if (nik := row[3])} == {"99"}
