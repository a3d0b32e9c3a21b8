"""Refusals when a referral ends: confirming, ruling, cancelling, stopping, reopening, making void."""

from collections.abc import Mapping

from services.contracts.words.base import Words
from services.contracts.words.refusals.text import RefusalText

CLOSING: Mapping[str, RefusalText] = {
    "referral.not_flagged": RefusalText(
        Words("Belum perlu putusan", "No ruling is needed"),
        Words(
            "Hasil rujukan {number} tidak sedang menunggu putusan koordinator. "
            "Biarkan pengirim mengonfirmasi atau membantahnya lebih dulu.",
            "The result of the referral {number} is not waiting for a ruling. "
            "Let the sender confirm or dispute it first.",
        ),
    ),
    "referral.flagged": RefusalText(
        Words("Menunggu putusan koordinator", "Waiting for the coordinator"),
        Words(
            "Hasil rujukan {number} sudah dibantah dan sekarang menunggu putusan koordinator. "
            "Hubungi koordinator bila Anda punya keterangan tambahan.",
            "The result of the referral {number} was disputed and now waits for the coordinator's ruling. "
            "Contact the coordinator if you know more.",
        ),
    ),
    "referral.cancel_not_due": RefusalText(
        Words("Unit tujuan masih punya waktu", "The receiving unit still has time"),
        Words(
            "Unit tujuan masih bisa menjawab permintaan pembatalan rujukan {number} sampai {due}. "
            "Tunggu jawabannya; setelah itu koordinator bisa memutuskan.",
            "The receiving unit may still answer the request to cancel the referral {number} until {due}. "
            "Wait for its answer; after that the coordinator can decide.",
        ),
    ),
    "referral.basis_is_not_consent": RefusalText(
        Words("Catat sebagai keberatan", "Record it as an objection"),
        Words(
            "Rujukan ini berjalan atas tugas pemerintah, jadi tidak ada persetujuan yang bisa dicabut. "
            "Catat sebagai keberatan keluarga agar dijawab supervisor.",
            "This referral rests on a public task, so there is no consent to withdraw. "
            "Record it as the family's objection, and a supervisor will answer.",
        ),
    ),
    "referral.basis_is_consent": RefusalText(
        Words("Catat sebagai pencabutan persetujuan", "Record it as withdrawn consent"),
        Words(
            "Rujukan ini berjalan atas persetujuan keluarga, dan keluarga berhak mencabutnya kapan saja. "
            "Catat sebagai pencabutan persetujuan; layanan akan dihentikan.",
            "This referral rests on the family's consent, and the family may withdraw it at any time. "
            "Record it as withdrawn consent; the service will then be stopped.",
        ),
    ),
    "referral.no_objection": RefusalText(
        Words("Tidak ada keberatan terbuka", "No objection is open"),
        Words(
            "Rujukan ini tidak punya keberatan yang menunggu jawaban. Muat ulang untuk melihat jawaban terakhir.",
            "This referral has no objection waiting for an answer. Reload it to see the last answer.",
        ),
    ),
    "referral.already_stopped": RefusalText(
        Words("Sudah dipastikan berhenti", "Already confirmed as stopped"),
        Words(
            "Unit Anda sudah memastikan layanan rujukan {number} berhenti. Tidak ada lagi yang perlu dilakukan.",
            "Your unit has already confirmed that the referral {number} is stopped. Nothing more is needed.",
        ),
    ),
    "referral.too_late_to_reopen": RefusalText(
        Words("Terlalu lama untuk dibuka kembali", "Too late to reopen"),
        Words(
            "Waktu untuk membuka kembali rujukan {number} sudah lewat. Buat rujukan baru untuk keluarga ini.",
            "The time to reopen the referral {number} is over. Make a new referral for this family.",
        ),
    ),
    "referral.void_not_requested": RefusalText(
        Words("Belum ada permintaan", "Nobody has asked for it"),
        Words(
            "Belum ada permintaan yang berlaku untuk menyatakan rujukan {number} tidak berlaku. "
            "Supervisor salah satu unit perlu memintanya lebih dulu.",
            "There is no open request to make the referral {number} void. "
            "A supervisor of one of the two units has to ask for it first.",
        ),
    ),
    "referral.void_already_requested": RefusalText(
        Words("Sudah diminta", "Already asked for"),
        Words(
            "Permintaan untuk menyatakan rujukan {number} tidak berlaku sudah ada dan menunggu operator. "
            "Tunggu keputusannya di halaman rujukan.",
            "A request to make the referral {number} void exists and waits for the operator. "
            "Wait for the decision on the referral's page.",
        ),
    ),
    "referral.same_person": RefusalText(
        Words("Perlu orang lain", "Another person has to do it"),
        Words(
            "Yang meminta dan yang menyetujui harus dua orang yang berbeda. Minta operator lain untuk memeriksanya.",
            "The person who asks and the one who approves have to be different. Ask another operator to check it.",
        ),
    ),
}
