"""Words for what an institution asks of whoever is to live there."""

from collections.abc import Mapping

from services.contracts.codes import EntryRule, MaritalStatus, Schooling
from services.contracts.words.base import Words

MARITAL_STATUSES: Mapping[MaritalStatus, Words] = {
    MaritalStatus.UNMARRIED: Words("Belum menikah", "Not married"),
    MaritalStatus.MARRIED: Words("Menikah", "Married"),
    MaritalStatus.WAS_MARRIED: Words("Pernah menikah", "Was married"),
}

SCHOOLING: Mapping[Schooling, Words] = {
    Schooling.IN_SCHOOL: Words("Masih sekolah", "At school"),
    Schooling.DROPPED_OUT: Words("Putus sekolah", "Dropped out"),
    Schooling.NEVER_ATTENDED: Words("Tidak pernah sekolah", "Never went to school"),
    Schooling.FINISHED: Words("Lulus sekolah", "Finished school"),
}

ENTRY_RULES: Mapping[EntryRule, Words] = {
    EntryRule.APPLICANT_MISSING: Words("Data calon klien belum diisi", "What is asked of the client is not filled in"),
    EntryRule.TOO_YOUNG: Words("Umur calon klien belum cukup", "The client is too young"),
    EntryRule.TOO_OLD: Words("Umur calon klien melewati batas", "The client is too old"),
    EntryRule.MARITAL_STATUS: Words("Status perkawinan tidak sesuai syarat", "The client is, or was, married"),
    EntryRule.SCHOOLING: Words("Bukan putus sekolah", "The client has not dropped out of school"),
    EntryRule.RECOMMENDATION: Words(
        "Rekomendasi Dinas Sosial kabupaten/kota belum ada (nomor dan tanggal)",
        "The recommendation of the kabupaten/kota's Dinas Sosial is missing (number and date)",
    ),
}
