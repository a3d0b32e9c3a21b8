"""What is found in the books, what was done about it, and why a line cannot be trusted."""

from collections.abc import Mapping

from services.contracts.books import Book, FindingKind, LineFault, Remedy
from services.contracts.words.base import Words

FINDINGS: Mapping[FindingKind, Words] = {
    FindingKind.WORKFLOW_MISSING: Words("Rujukan berjalan tanpa penjaga waktu", "Nobody waited for a live referral"),
    FindingKind.WORKFLOW_LEFT_OVER: Words(
        "Penjaga waktu masih berjalan padahal rujukan sudah selesai", "Somebody still waited for a referral that ended"
    ),
    FindingKind.WORKFLOW_UNKNOWN: Words(
        "Penjaga waktu berjalan untuk rujukan yang tidak dikenal", "Somebody waits for a referral that nobody knows"
    ),
    FindingKind.MARK_OVERDUE: Words("Tanda waktu terlambat", "A mark is late"),
    FindingKind.NOTHING_ARMED: Words(
        "Rujukan berjalan tanpa tanda waktu berikutnya", "A live referral has no next mark"
    ),
    FindingKind.EVENT_NOT_TAKEN: Words("Kabar tidak sampai ke satu bagian", "An event did not reach a part"),
    FindingKind.EVENT_SET_ASIDE: Words(
        "Kabar disisihkan dan menunggu petugas", "An event was set aside and waits for a person"
    ),
    FindingKind.EVENT_NOT_TOLD: Words("Kabar belum terkirim", "An event was not published yet"),
    FindingKind.TWO_FOR_ONE_NEED: Words(
        "Dua rujukan berjalan untuk kebutuhan yang sama", "Two live referrals for the same need"
    ),
    FindingKind.IN_NO_QUEUE: Words("Rujukan berjalan tidak ada di antrean mana pun", "A live referral is in no queue"),
    FindingKind.VERSION_GAP: Words("Riwayat rujukan tidak lengkap", "A referral's story has a gap"),
    FindingKind.STORY_DIFFERS: Words(
        "Keadaan rujukan berbeda dari riwayatnya", "A referral's state differs from its story"
    ),
    FindingKind.SUBMISSION_DIFFERS: Words(
        "Waktu pengajuan berbeda dari riwayatnya", "A referral's submission differs from its story"
    ),
    FindingKind.NO_REASON: Words("Rujukan berakhir tanpa alasan", "A referral was ended without a reason"),
    FindingKind.NO_OUTCOME: Words("Rujukan ditutup tanpa hasil layanan", "A referral was closed without an outcome"),
    FindingKind.DAY_DIFFERS: Words(
        "Catatan harian tidak cocok dengan rujukan yang berjalan", "The day lines do not lead to what is live now"
    ),
    FindingKind.COUNT_DIFFERS: Words(
        "Jumlah yang disimpan tidak sama dengan jumlah rujukan", "A kept count was not that of the referrals"
    ),
    FindingKind.BOOKING_DIFFERS: Words(
        "Waktu narasumber yang tercatat terpakai berbeda dari sesinya",
        "The hours that are kept of a speaker are not those of the sessions",
    ),
    FindingKind.HISTORY_IN_DANGER: Words(
        "Riwayat penjaga waktu belum diarsipkan dan segera dihapus Temporal",
        "A workflow's history is not archived, and Temporal drops it before long",
    ),
    FindingKind.HISTORY_LOST: Words(
        "Riwayat penjaga waktu hilang sebelum diarsipkan", "A workflow's history was gone before it was archived"
    ),
}

REMEDIES: Mapping[Remedy, Words] = {
    Remedy.STARTED: Words("Dimulai lagi", "Started again"),
    Remedy.ENDED: Words("Diakhiri", "Ended"),
    Remedy.RESYNCED: Words("Diselaraskan lagi", "Given the newest state"),
    Remedy.TOLD_AGAIN: Words("Dikabarkan lagi", "Told again"),
    Remedy.COUNTED_AGAIN: Words("Dihitung lagi", "Counted again"),
    Remedy.LEFT: Words("Menunggu petugas", "Left to a person"),
}

BOOKS: Mapping[Book, Words] = {
    Book.REFERRALS: Words("Rujukan keluarga", "Referrals of families"),
    Book.SPEAKERS: Words("Permintaan narasumber", "Requests for a speaker"),
}

LINE_FAULTS: Mapping[LineFault, Words] = {
    LineFault.OUT_OF_PLACE: Words(
        "Baris ini tidak berada di tempatnya: ada yang hilang, ditambah, atau ditukar",
        "This line is not in its place: one is missing, added, or moved",
    ),
    LineFault.CHAIN_BROKEN: Words(
        "Baris ini tidak menyambung ke baris sebelumnya", "This line does not follow from the line before it"
    ),
    LineFault.CHANGED: Words("Isi baris ini telah diubah", "What this line says was changed"),
    LineFault.NOT_SIGNED: Words(
        "Tanda tangan baris ini tidak cocok dengan kunci publik", "No public key here confirms this line's signature"
    ),
    LineFault.OUT_OF_ORDER: Words(
        "Hari atau wilayah baris ini tidak berurutan", "The day or area of this line is not the next one"
    ),
    LineFault.AREA_MISSING: Words(
        "Pada hari sebelum baris ini ada wilayah tanpa baris", "On the day before this line an area has no line"
    ),
    LineFault.DOES_NOT_ADD_UP: Words("Angka pada baris ini tidak seimbang", "The figures of this line do not add up"),
    LineFault.NOT_CARRIED_OVER: Words(
        "Jumlah awal baris ini berbeda dari akhir hari sebelumnya",
        "What was live in the morning differs from the evening before",
    ),
}
