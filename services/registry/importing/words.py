"""What is said of a row: to the person who repairs the file, and in the file of rejected rows."""

from collections.abc import Mapping
from enum import StrEnum

from services.contracts.words.base import Words
from services.registry.importing.rows import Fault, Oddity

WORDS: Mapping[StrEnum, Words] = {
    Fault.WRONG_SHAPE: Words("jumlah kolom tidak sama dengan judul", "the row has not as many columns as the header"),
    Fault.MISSING: Words("wajib diisi, tetapi kosong", "needed, but empty"),
    Fault.TOO_LONG: Words("terlalu panjang", "too long"),
    Fault.DATE_UNREADABLE: Words(
        "tanggal tidak terbaca; tulis hari/bulan/tahun", "no readable date; write day/month/year"
    ),
    Fault.DATE_IN_FUTURE: Words("tanggal di masa depan", "a date in the future"),
    Fault.QUARTER_UNREADABLE: Words(
        "triwulan tidak terbaca; tulis misalnya 2026-Q3", "no readable quarter; write 2026-Q3"
    ),
    Fault.CODE_UNKNOWN: Words("kode tidak dikenal", "an unknown code"),
    Fault.VILLAGE_UNKNOWN: Words("kode desa tidak dikenal", "an unknown village code"),
    Fault.OUTSIDE_AREA: Words("di luar wilayah kerja pengirim", "outside the sender's area"),
    Oddity.DATE_SWAPPED: Words("hari dan bulan tertukar, dibaca terbalik", "day and month swapped, read the other way"),
    Oddity.ANSWER_UNKNOWN: Words("jawaban tidak dikenal, dikosongkan", "an unknown answer, left empty"),
    Oddity.REPEATED: Words("nomor baris ganda; yang terbaru dipakai", "the same id again; the newest row counts"),
    Oddity.NOT_16_DIGITS: Words(
        "bukan 16 angka (nol di depan hilang?), dikosongkan", "not 16 digits (a leading zero lost?), left empty"
    ),
    Oddity.HAS_LETTERS: Words("berisi huruf, dikosongkan", "has letters, left empty"),
    Oddity.ROUNDED_BY_SPREADSHEET: Words(
        "dibulatkan lembar kerja (3,51E+15), dikosongkan; kirim ulang sebagai teks",
        "rounded by a spreadsheet (3.51E+15), left empty; send it again as text",
    ),
    Oddity.DAY_OR_MONTH: Words(
        "tanggal dalam nomor tidak mungkin, dikosongkan", "no possible day in the number, left empty"
    ),
    Oddity.SERIAL_0000: Words("nomor urut 0000, dikosongkan", "serial 0000, left empty"),
    Oddity.REGION_DIFFERS: Words("NIK terbit di daerah lain (tidak apa-apa)", "issued elsewhere (no fault)"),
    Oddity.BIRTH_DATE_DIFFERS: Words("tanggal lahir berbeda dengan NIK", "birth date differs from the NIK"),
    Oddity.BIRTH_DATE_IMPOSSIBLE: Words(
        "tanggal lahir dalam NIK tidak ada di kalender", "the NIK's birth date is in no calendar"
    ),
    Oddity.SEX_DIFFERS: Words("jenis kelamin berbeda dengan NIK", "sex differs from the NIK"),
}
