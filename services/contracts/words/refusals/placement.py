"""Refusals about places in institutions, waiting lists and intakes."""

from collections.abc import Mapping

from services.contracts.words.base import Words
from services.contracts.words.refusals.text import RefusalText

PLACEMENT: Mapping[str, RefusalText] = {
    "referral.enlist_first": RefusalText(
        Words("Tempat di UPT diberikan menurut daftar tunggu", "A place in an institution is given in turn"),
        Words(
            "Masukkan rujukan {number} ke daftar tunggu, lalu tawarkan tempat kepada pengirim. "
            "Yang mendesak bisa ditawari di luar urutan dengan alasan.",
            "Put the referral {number} on the waiting list, then offer a place to the sender. "
            "Whoever cannot wait can be offered one out of turn, with a reason.",
        ),
    ),
    "referral.no_waiting_list": RefusalText(
        Words("Unit ini tidak punya daftar tunggu", "This unit keeps no waiting list"),
        Words(
            "Daftar tunggu hanya ada untuk layanan dengan jumlah tempat terbatas. "
            "Terima rujukan {number} langsung, atau atur jumlah tempat unit ini lebih dahulu.",
            "There is a waiting list only where the number of places is limited. "
            "Accept the referral {number} directly, or set the unit's number of places first.",
        ),
    ),
    "referral.others_wait": RefusalText(
        Words("Ada yang menunggu lebih dahulu", "Others have waited longer"),
        Words(
            "Untuk layanan {service} sudah ada rujukan dalam daftar tunggu. "
            "Masukkan rujukan {number} ke daftar tunggu, atau tulis alasan mengapa ini didahulukan.",
            "There are referrals on the waiting list for {service}. "
            "Put the referral {number} on the list as well, or write down why it comes first.",
        ),
    ),
    "referral.not_in_turn": RefusalText(
        Words("Belum gilirannya", "Not in turn"),
        Words(
            "Ada rujukan yang menunggu lebih lama daripada rujukan {number}. "
            "Tawarkan tempat menurut urutan, atau tulis alasan mengapa ini didahulukan.",
            "Another referral has waited longer than {number}. "
            "Offer places in turn, or write down why this one comes first.",
        ),
    ),
    "referral.entry_rules_unmet": RefusalText(
        Words("Syarat masuk belum terpenuhi", "An entry rule is not met"),
        Words(
            "Untuk layanan {service}: {rules}. Perbaiki data calon klien, atau pilih pengecualian dan tulis alasannya.",
            "For {service}: {rules}. Correct what is said of the client, or choose an exception and write down why.",
        ),
    ),
    "referral.intake_unknown": RefusalText(
        Words("Masa penerimaan tidak ditemukan", "Intake not found"),
        Words(
            "Masa penerimaan ini tidak ada di unit tujuan untuk layanan yang diminta. Pilih masa penerimaan yang lain.",
            "The receiving unit has no such intake for this service. Choose another intake.",
        ),
    ),
    "referral.intake_exists": RefusalText(
        Words("Masa penerimaan sudah tercatat", "The intake is recorded already"),
        Words(
            "Masa penerimaan ini sudah tercatat dengan isi yang lain. Buka daftar masa penerimaan dan ubah di sana.",
            "This intake is recorded already with other contents. Open the list of intakes and change it there.",
        ),
    ),
    "referral.intake_days_wrong": RefusalText(
        Words("Tanggal belum berurutan", "The days are not in order"),
        Words(
            "Pendaftaran dibuka dahulu, lalu ditutup, lalu masa penerimaan dimulai. Perbaiki tanggalnya.",
            "Applications open first, then close, and then the intake begins. Correct the days.",
        ),
    ),
    "referral.intake_overlaps": RefusalText(
        Words("Masa pendaftaran bertumpuk", "Two periods overlap"),
        Words(
            "Unit ini sudah punya masa pendaftaran lain untuk layanan {service} pada tanggal itu. "
            "Pilih tanggal lain, atau ubah masa pendaftaran yang sudah ada.",
            "The unit already takes applications for {service} on some of these days. "
            "Choose other days, or change the period that is there.",
        ),
    ),
    "referral.intake_closed": RefusalText(
        Words("Di luar masa pendaftaran", "Outside the time for applications"),
        Words(
            "Rujukan {number} tidak diajukan dalam masa pendaftaran yang dipilih, atau masa itu sudah dimulai. "
            "Pilih masa penerimaan lain, atau daftar tunggu umum.",
            "The referral {number} was not submitted in time for the chosen intake, or the intake has begun. "
            "Choose another intake, or the general list.",
        ),
    ),
    "referral.intake_in_use": RefusalText(
        Words("Sudah ada yang mendaftar", "Somebody is on it already"),
        Words(
            "Awal pendaftaran dan tanggal mulai tidak bisa diubah lagi karena sudah ada rujukan di dalamnya. "
            "Jumlah tempat dan akhir pendaftaran masih bisa diubah.",
            "The first day and the day of the beginning can no longer be changed, because somebody is on the list. "
            "The number of places and the last day for applications still can.",
        ),
    ),
    "referral.intake_places_taken": RefusalText(
        Words("Tempat sudah diberikan", "More places are given already"),
        Words(
            "Sudah {given} tempat diberikan di masa penerimaan ini. Jumlah tempat tidak bisa lebih kecil dari itu.",
            "{given} places of this intake are given already. There cannot be fewer places than that.",
        ),
    ),
}
