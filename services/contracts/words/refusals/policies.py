"""Refusals about clock policies: trying one, and moving referrals to one. Operators read them."""

from collections.abc import Mapping

from services.contracts.words.base import Words
from services.contracts.words.refusals.text import RefusalText

POLICIES: Mapping[str, RefusalText] = {
    "referral.policy_unknown": RefusalText(
        Words("Kebijakan waktu tidak ada", "There is no such clock policy"),
        Words(
            "Kebijakan waktu {policy} tidak terpasang. Yang terpasang: {known}. Pilih salah satunya.",
            "The clock policy {policy} is not installed. Installed are: {known}. Choose one of them.",
        ),
    ),
    "referral.policy_unusable": RefusalText(
        Words("Kebijakan waktu belum lengkap", "The clock policy has gaps"),
        Words(
            "Kebijakan waktu {policy} tidak bisa dipakai. Yang kurang: {gaps}. Perbaiki berkasnya, lalu coba lagi.",
            "The clock policy {policy} cannot be used. What is wrong: {gaps}. Correct the file and try again.",
        ),
    ),
    "referral.policy_unchanged": RefusalText(
        Words("Sudah memakai kebijakan ini", "It has this policy already"),
        Words(
            "Rujukan {number} sudah memakai kebijakan waktu {policy}. Tidak ada yang perlu dipindahkan.",
            "The referral {number} already goes by the clock policy {policy}. There is nothing to move.",
        ),
    ),
    "referral.period_backwards": RefusalText(
        Words("Rentang tanggal terbalik", "The period ends before it begins"),
        Words(
            "Hari terakhir yang diminta lebih awal dari hari pertama. Tukar kedua tanggal itu, lalu coba lagi.",
            "The last day that was asked for lies before the first one. Swap the two dates and try again.",
        ),
    ),
}
