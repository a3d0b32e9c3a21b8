"""Refusals about files with lists."""

from collections.abc import Mapping

from services.contracts.words.base import Words
from services.contracts.words.refusals.text import RefusalText

IMPORTS: Mapping[str, RefusalText] = {
    "registry.list_unknown": RefusalText(
        Words("Daftar tidak dikenal", "The list is not known"),
        Words(
            "Tidak ada daftar bernama {list}. Pilih salah satu: {known}.",
            "There is no list called {list}. Choose one of these: {known}.",
        ),
    ),
    "registry.candidate_gone": RefusalText(
        Words("Usulan sudah tidak ada", "The proposal is gone"),
        Words(
            "Keluarga ini sudah dirujuk untuk layanan itu, atau tidak lagi diusulkan. Muat ulang daftar usulan.",
            "This family is referred for that service already, or is not proposed any more. Load the list again.",
        ),
    ),
    "registry.link_not_found": RefusalText(
        Words("Pasangan data tidak ditemukan", "The pair is not found"),
        Words(
            "Kedua data ini tidak (lagi) diduga orang yang sama. Muat ulang daftar yang perlu diperiksa.",
            "These two are not taken for one person (any more). Load the list of what is to be looked at again.",
        ),
    ),
    "registry.link_taken": RefusalText(
        Words("Sudah digabung dengan orang lain", "Joined with somebody else already"),
        Words(
            "Seseorang sudah menggabungkan data DTSEN ini dengan orang lain. Batalkan dulu keputusan itu, lalu ulangi.",
            "Somebody has joined this row of the register with another person. Take that back first, then try again.",
        ),
    ),
    "registry.import_not_found": RefusalText(
        Words("Kiriman tidak ditemukan", "The file is not found"),
        Words(
            "Kiriman ini tidak ada atau bukan milik unit Anda. Lihat daftar kiriman unit Anda.",
            "This file was not sent, or not by your unit. Look at the list of what your unit sent.",
        ),
    ),
    "registry.import_not_checked": RefusalText(
        Words("Belum selesai diperiksa", "Not checked yet"),
        Words(
            "Berkas ini belum selesai diperiksa. Tunggu hasil pemeriksaan, baca, lalu terapkan.",
            "This file is not checked to its end. Wait for the result, read it, then apply.",
        ),
    ),
    "registry.import_under_way": RefusalText(
        Words("Sedang dikerjakan", "Under way"),
        Words(
            "Berkas ini sedang dikerjakan. Tunggu sampai selesai, atau hentikan dulu.",
            "This file is being worked on. Wait until that is done, or stop it first.",
        ),
    ),
    "registry.import_applied": RefusalText(
        Words("Sudah diterapkan", "Applied already"),
        Words(
            "Isi berkas ini sudah masuk dan tidak bisa dibuang. Kirim berkas yang lebih baru untuk membetulkannya.",
            "What this file says has come in and cannot be thrown away. Send a newer file to correct it.",
        ),
    ),
    "registry.file_empty": RefusalText(
        Words("Berkas kosong", "The file is empty"),
        Words(
            "Tidak ada baris data di bawah judul kolom. Simpan ulang dari aplikasi asalnya, lalu kirim lagi.",
            "There is no row of data below the headers. Save it anew from where it comes, then send it again.",
        ),
    ),
    "registry.file_unreadable": RefusalText(
        Words("Berkas rusak", "The file is damaged"),
        Words(
            "Berkas tidak bisa dibaca sampai akhir. Simpan ulang sebagai CSV atau XLSX, lalu kirim lagi.",
            "The file cannot be read to its end. Save it anew as CSV or XLSX, then send it again.",
        ),
    ),
    "registry.file_locked": RefusalText(
        Words("Berkas terkunci atau terlalu lama", "The file is locked or too old"),
        Words(
            "Berkas memakai kata sandi atau bentuk XLS lama. Simpan sebagai XLSX tanpa kata sandi atau sebagai CSV.",
            "The file has a password or is an old XLS. Save it as XLSX without a password, or as CSV.",
        ),
    ),
    "registry.file_macros": RefusalText(
        Words("Berkas berisi makro", "The file has macros"),
        Words(
            "Berkas dengan makro tidak diterima. Simpan sebagai XLSX biasa atau CSV, lalu kirim lagi.",
            "Files with macros are not taken. Save it as an ordinary XLSX or as CSV, then send it again.",
        ),
    ),
    "registry.file_too_large_inside": RefusalText(
        Words("Isi berkas terlalu besar", "Too much in the file"),
        Words(
            "Isi berkas jauh lebih besar daripada berkasnya. Hapus lembar dan format yang tidak perlu, atau kirim CSV.",
            "There is far more in the file than its size says. Remove sheets and formats, or send it as CSV.",
        ),
    ),
    "registry.file_no_table": RefusalText(
        Words("Bukan tabel", "Not a table"),
        Words(
            "Berkas tidak berisi kolom yang dipisah titik koma, koma, atau tab. Kirim CSV atau XLSX.",
            "The file holds no columns cut by semicolon, comma or tab. Send CSV or XLSX.",
        ),
    ),
    "registry.file_wrong_list": RefusalText(
        Words("Kolom tidak cocok", "The columns do not fit"),
        Words(
            "Untuk daftar {list} tidak ditemukan: {columns}. "
            "Periksa apakah berkasnya benar, atau sebutkan nama kolomnya.",
            "For the list {list} this was not found: {columns}. Is it the right file? Else name the column.",
        ),
    ),
}
