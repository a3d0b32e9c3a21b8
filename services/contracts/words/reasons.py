"""Words for reasons and outcomes."""

from collections.abc import Mapping

from services.contracts.codes import (
    CloseReason,
    DeclineReason,
    FollowUp,
    HoldReason,
    Outcome,
    ParkReason,
    PlaceRefusalReason,
    ReopenReason,
    ReturnReason,
    VoidReason,
)
from services.contracts.words.base import Words

NOT_ELIGIBLE = Words("Keluarga tidak memenuhi syarat", "The family does not meet the conditions")
DUPLICATE = Words("Sudah ada rujukan yang sama", "The same referral exists already")
ALREADY_SERVED = Words("Keluarga sudah menerima layanan ini", "The family already has this service")
FAMILY_DECLINED = Words("Keluarga tidak bersedia", "The family does not want it")
NOT_FOUND = Words("Keluarga tidak ditemukan", "The family was not found")
MOVED = Words("Keluarga sudah pindah", "The family has moved")
DECEASED = Words("Penerima layanan meninggal dunia", "The person to be helped has died")
OTHER = Words("Alasan lain (tulis penjelasan)", "Another reason (write it down)")
NO_UNIT = Words("Tidak ada unit yang bisa melayani", "No unit can help")

DECLINE_REASONS: Mapping[DeclineReason, Words] = {
    DeclineReason.OUTSIDE_AREA: Words("Di luar wilayah kerja unit ini", "Outside this unit's area"),
    DeclineReason.NOT_ELIGIBLE: NOT_ELIGIBLE,
    DeclineReason.NO_CAPACITY: Words("Petugas atau tempat sedang penuh", "No staff or places free now"),
    DeclineReason.WAITLIST: Words("Daftar tunggu sudah terlalu panjang", "The waiting list is too long"),
    DeclineReason.MISSING_INFORMATION: Words("Keterangan belum lengkap", "Information is missing"),
    DeclineReason.DUPLICATE: DUPLICATE,
    DeclineReason.WRONG_SERVICE: Words("Layanan yang diminta kurang tepat", "Another service fits better"),
    DeclineReason.ALREADY_SERVED: ALREADY_SERVED,
    DeclineReason.FAMILY_DECLINED: FAMILY_DECLINED,
    DeclineReason.NOT_FOUND: NOT_FOUND,
    DeclineReason.MOVED: MOVED,
    DeclineReason.DECEASED: DECEASED,
    DeclineReason.NOT_OUR_MANDATE: Words("Bukan tugas unit ini", "Not this unit's task"),
    DeclineReason.OTHER: OTHER,
}

RETURN_REASONS: Mapping[ReturnReason, Words] = {
    ReturnReason.MISSING_DOCUMENT: Words("Dokumen belum lengkap", "A document is missing"),
    ReturnReason.UNCLEAR_ADDRESS: Words("Alamat belum jelas", "The address is not clear"),
    ReturnReason.MISSING_CONSENT: Words("Persetujuan keluarga belum ada", "The family's consent is missing"),
    ReturnReason.EMPTY_INDICATOR: Words("Data risiko keluarga belum diisi", "The family's risk data is not filled in"),
}

CLOSE_REASONS: Mapping[CloseReason, Words] = {
    CloseReason.NOT_ELIGIBLE: NOT_ELIGIBLE,
    CloseReason.DUPLICATE: DUPLICATE,
    CloseReason.ALREADY_SERVED: ALREADY_SERVED,
    CloseReason.FAMILY_DECLINED: FAMILY_DECLINED,
    CloseReason.NOT_FOUND: NOT_FOUND,
    CloseReason.MOVED: MOVED,
    CloseReason.DECEASED: DECEASED,
    CloseReason.NO_UNIT: NO_UNIT,
    CloseReason.OTHER: OTHER,
}

HOLD_REASONS: Mapping[HoldReason, Words] = {
    HoldReason.WAITING_PERIOD: Words("Menunggu jadwal atau periode program", "Waiting for the programme's next period"),
    HoldReason.FAMILY_AWAY: Words("Keluarga sedang bepergian", "The family is away"),
    HoldReason.WAITING_FOR_DOCUMENT: Words("Menunggu dokumen", "Waiting for a document"),
    HoldReason.OTHER: OTHER,
}

PLACE_REFUSALS: Mapping[PlaceRefusalReason, Words] = {
    PlaceRefusalReason.NOT_NOW: Words("Belum bisa sekarang, tetap menunggu", "Not now, waits on"),
    PlaceRefusalReason.FAMILY_DECLINED: FAMILY_DECLINED,
    PlaceRefusalReason.ALREADY_SERVED: ALREADY_SERVED,
    PlaceRefusalReason.MOVED: MOVED,
    PlaceRefusalReason.OTHER: OTHER,
}

PARK_REASONS: Mapping[ParkReason, Words] = {
    ParkReason.NO_UNIT: NO_UNIT,
    ParkReason.DUPLICATE_OVERRIDDEN: Words(
        "Diajukan walau ada rujukan yang sama", "Submitted although the same referral exists"
    ),
    ParkReason.RESTRICTED: Words("Kasus terbatas, perlu dilihat supervisor", "Restricted case, for the supervisor"),
    ParkReason.SCARCE_SERVICE: Words("Tempat terbatas, perlu dilihat supervisor", "Few places, for the supervisor"),
    ParkReason.DECLINED: Words("Ditolak, langkah berikutnya dipilih supervisor", "Declined, the supervisor decides"),
    ParkReason.ATTEMPTS_USED: Words("Sudah ditawarkan ke beberapa unit", "Already offered to several units"),
    ParkReason.REOPENED: Words("Dibuka kembali, perlu dilihat supervisor", "Reopened, for the supervisor"),
}

REOPEN_REASONS: Mapping[ReopenReason, Words] = {
    ReopenReason.NEED_RETURNED: Words("Kebutuhan keluarga muncul lagi", "The family's need has come back"),
    ReopenReason.CLOSED_IN_ERROR: Words("Ditutup karena keliru", "Closed by mistake"),
    ReopenReason.NOT_SERVED: Words("Keluarga ternyata belum dilayani", "The family was not helped after all"),
}

VOID_REASONS: Mapping[VoidReason, Words] = {
    VoidReason.ENTERED_IN_ERROR: Words("Salah catat", "Entered by mistake"),
    VoidReason.WRONG_FAMILY: Words("Keluarga keliru", "The wrong family"),
    VoidReason.TEST_ENTRY: Words("Hanya percobaan", "Only a test"),
}

OUTCOMES: Mapping[Outcome, Words] = {
    Outcome.SERVED_FULL: Words("Dilayani sepenuhnya", "Fully served"),
    Outcome.SERVED_PARTLY: Words("Dilayani sebagian", "Partly served"),
    Outcome.ENROLLED: Words("Terdaftar dalam program", "Enrolled in the programme"),
    Outcome.PROPOSED: Words("Diusulkan, bantuan belum diterima", "Proposed, no benefit received yet"),
    Outcome.REFERRED_ONWARD: Words("Dirujuk ke lembaga lain", "Referred to another organisation"),
    Outcome.NOT_ELIGIBLE: NOT_ELIGIBLE,
    Outcome.REFUSED: Words("Keluarga menolak layanan", "The family refused the service"),
    Outcome.UNREACHABLE: Words("Keluarga tidak bisa dihubungi", "The family could not be reached"),
    Outcome.MOVED: MOVED,
    Outcome.DECEASED: DECEASED,
}

FOLLOW_UPS: Mapping[FollowUp, Words] = {
    FollowUp.ENROLLED: Words("Terdaftar dalam program", "Enrolled in the programme"),
    FollowUp.NOT_ELIGIBLE: NOT_ELIGIBLE,
    FollowUp.STILL_WAITING: Words("Masih menunggu keputusan", "Still waiting for a decision"),
}

# Reasons that no person chooses: the record sets them when time or another step decided.
SYSTEM_REASONS: Mapping[str, Words] = {
    "redirected": Words("Dialihkan oleh unit tujuan", "Redirected by the receiving unit"),
    "sent_on": Words("Diambil dari unit tujuan oleh petugas sistem", "Taken from the receiving unit by an operator"),
    "recalled": Words("Ditarik kembali oleh pengirim", "Recalled by the sender"),
    "expired": Words("Batas waktu unit tujuan lewat", "The receiving unit's time was over"),
    "place_lapsed": Words("Tawaran tempat belum dijawab pengirim", "The sender had not answered the offer of a place"),
    "out_of_turn": Words("Di luar urutan, dengan alasan", "Out of turn, with a reason"),
    "entry_exception": Words(
        "Pengecualian dari syarat masuk, dengan alasan", "Exempt from an entry rule, with a reason"
    ),
    "unanswered": Words("Pertanyaan belum terjawab", "The question was not answered"),
    "consent_withdrawn": Words("Keluarga mencabut persetujuannya", "The family withdrew its consent"),
}

# A snapshot carries its reason as a bare code. Where two lists share a code, they share its words (a test holds it).
REASONS: Mapping[str, Words] = {
    str(code): words
    for table in (
        DECLINE_REASONS,
        RETURN_REASONS,
        CLOSE_REASONS,
        HOLD_REASONS,
        PARK_REASONS,
        REOPEN_REASONS,
        VOID_REASONS,
        PLACE_REFUSALS,
        FOLLOW_UPS,
        SYSTEM_REASONS,
    )
    for code, words in table.items()
}
