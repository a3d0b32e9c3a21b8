"""Refusals while a unit decides, serves and reports."""

from collections.abc import Mapping

from services.contracts.words.base import Words
from services.contracts.words.refusals.text import RefusalText

SERVING: Mapping[str, RefusalText] = {
    "referral.no_place_left": RefusalText(
        Words("Tempat sudah penuh", "No place is left"),
        Words(
            "Semua tempat untuk layanan {service} di unit ini sedang terisi. "
            "Tolak dengan alasan tempat penuh agar dicarikan unit lain, atau tunggu sampai ada tempat.",
            "All places of this unit for {service} are taken. "
            "Decline for lack of places so that another unit is sought, or wait until one is free.",
        ),
    ),
    "referral.questions_used": RefusalText(
        Words("Jatah pertanyaan sudah terpakai", "No questions are left"),
        Words(
            "Unit Anda sudah memakai semua kesempatan bertanya untuk rujukan {number}. "
            "Putuskan dengan keterangan yang ada, atau tolak dengan alasan keterangan belum lengkap.",
            "For the referral {number} your unit has used all its questions. "
            "Decide with what is known, or decline because information is missing.",
        ),
    ),
    "referral.too_late_to_unaccept": RefusalText(
        Words("Penerimaan tidak bisa dibatalkan lagi", "The acceptance stands"),
        Words(
            "Waktu untuk membatalkan penerimaan rujukan {number} sudah lewat. "
            "Hubungi keluarga dan lanjutkan layanan, atau laporkan hasilnya bila tidak bisa dilayani.",
            "The time to undo the acceptance of the referral {number} is over. "
            "Contact the family and go on, or report the result if you cannot help.",
        ),
    ),
    "referral.assignee_unknown": RefusalText(
        Words("Petugas tidak ada di unit ini", "The officer is not in this unit"),
        Words(
            "Petugas yang dipilih tidak bertugas di unit tujuan. Pilih petugas lain dari daftar unit Anda.",
            "The chosen officer does not work in the receiving unit. Choose another one from your unit's list.",
        ),
    ),
    "referral.review_date_out_of_range": RefusalText(
        Words("Tanggal tinjau ulang belum sesuai", "The review date does not fit"),
        Words(
            "Tanggal tinjau ulang di luar batas penundaan. Pilih tanggal dari {earliest} sampai {latest}.",
            "The review date lies outside what is allowed. Choose a day from {earliest} to {latest}.",
        ),
    ),
    "referral.hold_needs_supervisor": RefusalText(
        Words("Perlu supervisor", "The supervisor has to do it"),
        Words(
            "Rujukan ini sudah lama ditunda, jadi penundaan berikutnya diputuskan supervisor. "
            "Minta supervisor unit Anda untuk menundanya, atau lanjutkan layanan.",
            "This referral was on hold for long, so the supervisor decides about any further hold. "
            "Ask your unit's supervisor, or resume the service.",
        ),
    ),
    "referral.outcome_reason_needed": RefusalText(
        Words("Alasan hasil belum diisi", "The reason for the result is missing"),
        Words(
            "Hasil “{outcome}” perlu disertai alasan. Tulis alasannya dengan singkat, lalu kirim lagi.",
            "The result “{outcome}” needs a reason. Write it down in short, then send again.",
        ),
    ),
    "referral.proposal_number_needed": RefusalText(
        Words("Nomor usulan belum diisi", "The proposal number is missing"),
        Words(
            "Hasil “diusulkan” perlu nomor dan tanggal usulan. Salin keduanya dari SIKS-NG, lalu kirim lagi.",
            "The result “proposed” needs the proposal's number and date. Copy both from SIKS-NG, then send again.",
        ),
    ),
    "referral.programme_needed": RefusalText(
        Words("Nama program belum dipilih", "The programme is missing"),
        Words(
            "Hasil “terdaftar” perlu nama programnya. Pilih program tempat keluarga terdaftar, lalu kirim lagi.",
            "The result “enrolled” needs its programme. Choose the one that the family is in, then send again.",
        ),
    ),
    "referral.too_few_contacts": RefusalText(
        Words("Keluarga perlu dihubungi lagi", "The family has to be tried again"),
        Words(
            "Hasil “keluarga tidak bisa dihubungi” baru bisa dipakai setelah {needed} kali kontak gagal dicatat. "
            "Hubungi atau kunjungi keluarga lagi, lalu catat hasilnya.",
            "The result “could not be reached” can be used only after {needed} failed contacts are recorded. "
            "Call or visit the family again and record how it went.",
        ),
    ),
    "referral.no_follow_up": RefusalText(
        Words("Tidak ada usulan yang ditunggu", "No proposal is waited for"),
        Words(
            "Rujukan {number} tidak menunggu kabar kelanjutan usulan. Buka rujukan untuk melihat catatan terakhirnya.",
            "Referral {number} waits for no news of a proposal. Open it to read its last entry.",
        ),
    ),
    "referral.date_in_future": RefusalText(
        Words("Tanggal belum terjadi", "The date lies ahead"),
        Words(
            "Tanggal yang diisi lebih dari hari ini. Isi tanggal kejadian yang sebenarnya, paling lambat hari ini.",
            "The date filled in lies after today. Fill in when it really happened, today at the latest.",
        ),
    ),
}
