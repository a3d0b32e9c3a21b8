"""One sentence per fact of a referral, in the past tense: what the timeline shows."""

from collections.abc import Mapping

from services.contracts.words.base import Words

FACT_SENTENCES: Mapping[str, Words] = {
    "created": Words("Draf rujukan dibuat", "The draft was made"),
    "submitted": Words("Rujukan diajukan oleh pengirim", "The sender submitted the referral"),
    "discarded": Words("Draf dibuang oleh pengirim", "The sender discarded the draft"),
    "draft_warned": Words(
        "Pengirim diingatkan bahwa draf akan segera dihapus", "The sender was warned that the draft will be removed"
    ),
    "purged": Words(
        "Draf dihapus otomatis karena tidak pernah diajukan", "The draft was removed because it was never submitted"
    ),
    "offered": Words("Ditawarkan ke unit tujuan", "Offered to the receiving unit"),
    "parked": Words("Menunggu keputusan supervisor pengirim", "Left to the sending supervisor to decide"),
    "returned": Words("Dikembalikan ke pengirim untuk dilengkapi", "Returned to the sender to be completed"),
    "closed": Words("Ditutup oleh supervisor pengirim", "Closed by the sending supervisor"),
    "claimed": Words("Mulai dipelajari oleh unit tujuan", "Taken up by the receiving unit"),
    "declined": Words("Ditolak oleh unit tujuan", "Declined by the receiving unit"),
    "redirected": Words("Dialihkan oleh unit tujuan ke unit lain", "Redirected by the receiving unit to another unit"),
    "expired": Words(
        "Tawaran berakhir karena batas waktu lewat, unit lain dicari",
        "The offer ran out of time, and another unit was sought",
    ),
    "accepted": Words("Diterima oleh unit tujuan", "Accepted by the receiving unit"),
    "asked": Words("Unit tujuan mengajukan pertanyaan", "The receiving unit asked a question"),
    "answered": Words("Pengirim menjawab pertanyaan", "The sender answered the question"),
    "question_withdrawn": Words("Unit tujuan menarik pertanyaannya", "The receiving unit withdrew its question"),
    "question_lapsed": Words("Pertanyaan berakhir tanpa jawaban", "The question ended without an answer"),
    "enlisted": Words("Dimasukkan ke daftar tunggu", "Put on the waiting list"),
    "place_offered": Words("Tempat ditawarkan kepada pengirim", "A place was offered to the sender"),
    "place_taken": Words("Pengirim mengambil tempat", "The sender took the place"),
    "place_refused": Words("Pengirim menolak tempat", "The sender refused the place"),
    "place_lapsed": Words(
        "Tawaran tempat berakhir karena belum dijawab pengirim",
        "The offer of a place ended because the sender had not answered",
    ),
    "contacted": Words("Keluarga dihubungi untuk pertama kali", "The family was contacted for the first time"),
    "unaccepted": Words("Unit tujuan membatalkan penerimaannya", "The receiving unit undid its acceptance"),
    "noted": Words("Perkembangan dicatat", "Progress was noted"),
    "contact_failed": Words("Keluarga belum berhasil dihubungi", "The family could not be reached yet"),
    "held": Words("Layanan ditunda sementara", "The service was put on hold"),
    "resumed": Words("Layanan dilanjutkan", "The service was resumed"),
    "reported": Words("Hasil dilaporkan oleh unit tujuan", "The receiving unit reported the result"),
    "confirmed": Words(
        "Hasil dikonfirmasi oleh pengirim dan rujukan ditutup", "The sender confirmed the result and it was closed"
    ),
    "follow_up_asked": Words(
        "Kelanjutan usulan ditanyakan ke unit tujuan", "The receiving unit was asked what became of the proposal"
    ),
    "followed_up": Words(
        "Unit tujuan melaporkan kelanjutan usulan", "The receiving unit told what became of the proposal"
    ),
    "edited": Words("Draf rujukan diubah", "The draft was edited"),
    "auto_confirmed": Words(
        "Hasil dikonfirmasi otomatis karena batas waktu pengirim lewat",
        "The result was confirmed automatically when the sender's time was over",
    ),
    "disputed": Words("Hasil dibantah oleh pengirim", "The sender disputed the result"),
    "ruled_back": Words(
        "Koordinator memutuskan layanan dilanjutkan", "The coordinator ruled that the service continues"
    ),
    "ruled_upheld": Words(
        "Koordinator membenarkan hasil dan rujukan ditutup", "The coordinator upheld the result and it was closed"
    ),
    "recalled": Words("Rujukan ditarik kembali oleh pengirim", "The sender recalled the referral"),
    "recall_asked": Words("Pengirim meminta pembatalan", "The sender asked to cancel"),
    "cancel_confirmed": Words("Pembatalan disetujui", "The cancellation was agreed"),
    "cancel_refused": Words(
        "Pembatalan tidak disetujui dan rujukan dilanjutkan", "The cancellation was refused and the referral went on"
    ),
    "consent_withdrawn": Words("Keluarga mencabut persetujuannya", "The family withdrew its consent"),
    "objected": Words("Keluarga menyatakan keberatan", "The family objected"),
    "objection_answered": Words("Keberatan keluarga dijawab", "The family's objection was answered"),
    "stop_received": Words("Satu pihak memastikan sudah berhenti", "One party confirmed that it has stopped"),
    "assigned": Words("Petugas ditunjuk untuk menangani", "An officer was assigned"),
    "reopened": Words("Rujukan dibuka kembali", "The referral was reopened"),
    "void_requested": Words(
        "Ada permintaan agar rujukan dinyatakan tidak berlaku", "A request was made to make the referral void"
    ),
    "voided": Words("Rujukan dinyatakan tidak berlaku", "The referral was made void"),
    "void_lapsed": Words(
        "Permintaan tidak berlaku gugur karena batas waktu lewat", "The request to make it void ran out of time"
    ),
    "sent_on": Words(
        "Diambil dari unit tujuan oleh petugas sistem, unit lain dicari",
        "Taken from the receiving unit by an operator, and another unit was sought",
    ),
    "routed_again": Words(
        "Petugas sistem meminta unit dicarikan lagi", "An operator asked for a unit to be sought again"
    ),
    "policy_moved": Words(
        "Dipindahkan ke kebijakan waktu lain, batas waktunya dihitung ulang",
        "Moved to another clock policy, and its time was counted anew",
    ),
    "renumbered": Words("Desa keluarga ini mendapat kode wilayah baru", "The family's village has got a new area code"),
    "home_noted": Words(
        "Klien keluarga ini pulang dari UPT, pendampingan disatukan di rujukan ini",
        "A client of this family came home from a UPT, and the after-care is part of this referral",
    ),
    "reminded": Words("Pengingat dikirim", "A reminder was sent"),
    "escalated": Words(
        "Diteruskan ke tingkat atas karena batas waktu lewat", "Passed up a level because the time was over"
    ),
}

# For a fact that a newer writer knows and this reader does not.
SOMETHING_CHANGED = Words("Ada perubahan pada rujukan", "Something changed in the referral")
