"""Refusals of the request itself, and failures of the server."""

from collections.abc import Mapping

from services.contracts.words.base import Words
from services.contracts.words.refusals.text import RefusalText

REQUEST: Mapping[str, RefusalText] = {
    "request.malformed": RefusalText(
        Words("Kiriman tidak terbaca", "The request cannot be read"),
        Words(
            "Kiriman sampai dalam keadaan tidak utuh. Muat ulang halaman, lalu kirim sekali lagi.",
            "What was sent did not arrive whole. Reload the page and send it again.",
        ),
    ),
    "request.key_missing": RefusalText(
        Words("Kiriman kurang lengkap", "The request has no key"),
        Words(
            "Kiriman ini tidak membawa kunci (Idempotency-Key) yang menjaganya agar tidak tercatat dua kali. "
            "Muat ulang halaman, lalu kirim sekali lagi.",
            "The request lacks the Idempotency-Key that keeps it from being recorded twice. "
            "Reload the page and send it again.",
        ),
    ),
    "request.key_reused": RefusalText(
        Words("Kiriman berbeda dari sebelumnya", "Not the same request as before"),
        Words(
            "Formulir ini sudah pernah dikirim dengan isi yang lain, dan kiriman pertama yang tercatat. "
            "Muat ulang halaman untuk melihatnya, lalu kirim perubahan dari formulir baru.",
            "This form was sent before with other contents, and the first one was recorded. "
            "Reload the page to see it, then send your change from a new form.",
        ),
    ),
    "request.in_progress": RefusalText(
        Words("Masih diproses", "Still being processed"),
        Words(
            "Kiriman Anda yang pertama masih diproses. Tunggu sebentar, lalu muat ulang halaman.",
            "Your first request is still being processed. Wait a moment, then reload the page.",
        ),
    ),
    "request.invalid": RefusalText(
        Words("Ada isian yang perlu diperbaiki", "Something needs to be corrected"),
        Words(
            "Isian belum lengkap atau belum sesuai, jadi belum disimpan. "
            "Periksa isian yang ditandai, perbaiki, lalu kirim lagi.",
            "Something is missing or does not fit, so nothing was saved. "
            "Check the marked fields, correct them and send again.",
        ),
    ),
    "request.too_large": RefusalText(
        Words("Kiriman terlalu besar", "Too large to send"),
        Words(
            "Kiriman ini melebihi ukuran yang bisa diterima. Persingkat isian atau bagi berkasnya, lalu kirim lagi.",
            "This is larger than what can be taken. Shorten the text or split the file, then send again.",
        ),
    ),
    "request.not_found": RefusalText(
        Words("Halaman tidak ditemukan", "Page not found"),
        Words(
            "Halaman yang Anda buka tidak ada atau sudah dipindahkan. Periksa alamatnya atau kembali ke halaman utama.",
            "The page that you opened does not exist or has moved. Check the address or go back to the start page.",
        ),
    ),
    "request.method_not_allowed": RefusalText(
        Words("Cara ini tidak tersedia", "Not possible this way"),
        Words(
            "Halaman ini tidak bisa dipakai dengan cara itu. Kembali ke halaman sebelumnya dan gunakan tombol di sana.",
            "This page cannot be used that way. Go back and use the buttons on the page before.",
        ),
    ),
    "server.failed": RefusalText(
        Words("Ada gangguan pada sistem", "Something went wrong here"),
        Words(
            "Sistem mengalami gangguan, dan ini bukan karena isian Anda. "
            "Coba lagi beberapa menit lagi; bila masih terjadi, hubungi operator.",
            "The system had a fault, and it was not caused by what you filled in. "
            "Try again in a few minutes; if it goes on, call the operator.",
        ),
    ),
    "server.unavailable": RefusalText(
        Words("Sistem sedang sibuk", "The system is busy"),
        Words(
            "Sistem belum bisa melayani saat ini, jadi kiriman belum disimpan. "
            "Tunggu sebentar, lalu kirim lagi dari formulir yang sama.",
            "The system cannot serve you just now, so nothing was saved yet. "
            "Wait a moment, then send again from the same form.",
        ),
    ),
}
