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
    Fault.TWICE: Words("nomor ini ada di dua baris; hapus salah satu", "the id stands in two rows; remove one"),
    Fault.ROUNDED: Words(
        "nomor dibulatkan lembar kerja; simpan sebagai teks", "a number rounded by a spreadsheet; keep it as text"
    ),
    Fault.FORMULA: Words("diawali tanda rumus (= + - @)", "begins like a formula (= + - @)"),
    Fault.NOT_YOURS: Words("bukan di bawah unit pengirim", "not of the sender's agency and area"),
    Fault.UNIT_UNKNOWN: Words("unit tidak dikenal", "an unknown unit"),
    Fault.UNIT_CLOSED: Words("unit sudah tutup", "the unit is closed for good"),
    Fault.REGION_UNKNOWN: Words(
        "tidak ada kecamatan, kabupaten, atau provinsi dengan kode ini",
        "no kecamatan, kabupaten or province has that code",
    ),
    Fault.SERVICE_UNKNOWN: Words("kode layanan tidak dikenal", "an unknown service"),
    Fault.OTHER_AGENCYS_SERVICE: Words("layanan dinas yang lain", "a service of the other agency"),
    Fault.NOT_GIVEN: Words("layanan ini tidak diberikan unit itu", "the unit does not give that service"),
    Fault.PLACES_UNREADABLE: Words(
        "kuota tidak terbaca; tulis misalnya PKH:20", "no readable places; write for example PKH:20"
    ),
    Fault.HOURS_UNREADABLE: Words(
        "jam tidak terbaca; tulis misalnya sen-kam 08:00-15:00, jum 08:00-11:00",
        "no readable hours; write for example sen-kam 08:00-15:00, jum 08:00-11:00",
    ),
    Fault.OFFICER_UNKNOWN: Words("petugas tidak dikenal", "an unknown officer"),
    Fault.HAS_LEFT: Words(
        "petugas ini sudah keluar; bila bertugas lagi, isi kolom keluar dengan: kembali",
        "this officer has left; somebody who works here again has the word kembali in the column keluar",
    ),
    Fault.ROLE_TOO_HIGH: Words("peran ini diatur tingkat di atasnya", "that role is given by the level above"),
    Fault.EMAIL_UNREADABLE: Words("alamat surel tidak terbaca", "no readable e-mail address"),
    Fault.NOT_IN_UNIT: Words(
        "desa tidak di wilayah unit itu; isi desa yang baru, atau - untuk seluruh wilayah",
        "the village lies outside the unit's area; give a new one, or - for the whole area",
    ),
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
    Oddity.VILLAGE_RENUMBERED: Words(
        "kode desa lama, diganti kode baru menurut keputusan", "an old village code; the decreed new one is used"
    ),
    Oddity.SEX_DIFFERS: Words("jenis kelamin berbeda dengan NIK", "sex differs from the NIK"),
}
