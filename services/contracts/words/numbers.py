"""Words for what can be wrong with a NIK or KK, and for what only looks odd. Codes: `registry/nik.py`."""

from collections.abc import Mapping

from services.contracts.words.base import Words

# Each fits after "NIK" or "Nomor KK", and into "because ...".
NUMBER_FAULTS: Mapping[str, Words] = {
    "not_16_digits": Words("tidak berisi 16 angka", "it does not have 16 digits"),
    "has_letters": Words("berisi huruf atau tanda yang bukan angka", "it holds letters or signs that are not digits"),
    "rounded_by_spreadsheet": Words(
        "sudah dibulatkan oleh aplikasi lembar kerja, jadi angka aslinya hilang",
        "a spreadsheet has rounded it, so its last digits are lost",
    ),
    "day_or_month": Words("memuat tanggal atau bulan lahir yang tidak ada", "its day or month of birth does not exist"),
    "serial_0000": Words("berakhir dengan 0000", "it ends in 0000"),
}

NUMBER_WARNINGS: Mapping[str, Words] = {
    "region_differs": Words(
        "Kode wilayah di NIK berbeda dengan alamat sekarang. Ini wajar bila pernah pindah.",
        "The area in the NIK differs from the present address. That is normal after a move.",
    ),
    "birth_date_differs": Words(
        "Tanggal lahir di NIK berbeda dengan yang diisi. Cocokkan dengan KTP atau KK.",
        "The birth date in the NIK differs from the one filled in. Compare it with the KTP or KK.",
    ),
    "birth_date_impossible": Words(
        "Tanggal lahir di NIK tidak ada di kalender. Cocokkan NIK dengan KTP atau KK.",
        "The birth date in the NIK is not in the calendar. Compare the NIK with the KTP or KK.",
    ),
    "sex_differs": Words(
        "Jenis kelamin menurut NIK berbeda dengan yang diisi. Cocokkan dengan KTP atau KK.",
        "The sex in the NIK differs from the one filled in. Compare it with the KTP or KK.",
    ),
}
