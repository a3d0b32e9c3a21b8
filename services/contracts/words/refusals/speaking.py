"""Refusals of requests for a speaker."""

from collections.abc import Mapping

from services.contracts.words.base import Words
from services.contracts.words.refusals.text import RefusalText

SPEAKING: Mapping[str, RefusalText] = {
    "referral.service_for_groups": RefusalText(
        Words("Layanan ini untuk kelompok", "This service is for groups"),
        Words(
            "Narasumber tidak diminta untuk satu keluarga. Buat permintaan narasumber, atau pilih layanan lain.",
            "A speaker is not asked for one family. Make a request for a speaker, or choose another service.",
        ),
    ),
    "speaking.not_found": RefusalText(
        Words("Permintaan tidak ditemukan", "The request was not found"),
        Words(
            "Permintaan narasumber ini tidak ada atau bukan bagian unit Anda. Periksa nomornya.",
            "This request does not exist or is not your unit's. Check its number.",
        ),
    ),
    "speaking.exists": RefusalText(
        Words("Permintaan sudah ada", "The request exists already"),
        Words(
            "Sudah ada permintaan narasumber dengan tanda pengenal ini. Muat ulang, lalu buat yang baru.",
            "There is a request with this id already. Reload, then make a new one.",
        ),
    ),
    "speaking.changed": RefusalText(
        Words("Permintaan baru saja berubah", "The request has just changed"),
        Words(
            "Permintaan {number} diubah orang lain sejak Anda membukanya. Buka lagi, lalu putuskan.",
            "Somebody changed the request {number} since you opened it. Open it again, then decide.",
        ),
    ),
    "speaking.not_yours": RefusalText(
        Words("Bukan langkah Anda", "This step is not yours"),
        Words(
            "Anda tidak bisa {speaker_action} untuk permintaan {number}. Minta unit yang berhak melakukannya.",
            "For the request {number} you cannot {speaker_action}. Ask the unit whose step it is.",
        ),
    ),
    "speaking.action_not_allowed": RefusalText(
        Words("Langkah ini tidak bisa sekarang", "Not possible now"),
        Words(
            "Permintaan {number} sekarang {speaker_state}, jadi Anda tidak bisa {speaker_action}. "
            "Buka permintaan untuk melihat langkah berikutnya.",
            "The request {number} is now {speaker_state}, so you cannot {speaker_action}. "
            "Open it to see what comes next.",
        ),
    ),
    "speaking.unit_already_asked": RefusalText(
        Words("Unit ini sudah pernah diminta", "This unit was asked before"),
        Words(
            "Permintaan ini sudah disampaikan ke unit tersebut, atau unit itu yang meminta. Pilih unit lain.",
            "That unit was asked before, or it is the one that asks. Choose another unit.",
        ),
    ),
    "speaking.not_for_the_system": RefusalText(
        Words("Belum bisa dicarikan lagi", "It cannot be sought again now"),
        Words(
            "Permintaan {number} tidak sedang menunggu unit. "
            "Beri tanggal lain bila tanggalnya sudah lewat, atau tunggu jawaban unit.",
            "The request {number} does not wait for a unit. "
            "Give other dates if they are past, or wait for the unit's answer.",
        ),
    ),
    "speaking.time_past": RefusalText(
        Words("Waktunya tidak bisa dipakai", "The time cannot be used"),
        Words(
            "Waktu sesi harus setelah sekarang dan dalam dua tahun. Pilih waktu lain.",
            "A session has to be later than now and within two years. Choose another time.",
        ),
    ),
    "speaking.times_overlap": RefusalText(
        Words("Waktu sesi bertumpuk", "Sessions overlap"),
        Words(
            "Dua sesi dari permintaan {number} berada pada waktu yang sama. Ubah salah satunya.",
            "Two sessions of the request {number} are at the same time. Change one of them.",
        ),
    ),
    "speaking.times_are_agreed": RefusalText(
        Words("Waktu sudah diusulkan", "Times are proposed already"),
        Words(
            "Waktu permintaan {number} sudah diusulkan atau disepakati. Minta waktu lain, atau minta pindah sesi.",
            "For the request {number} times are proposed or agreed. Ask for other times, or ask to move a session.",
        ),
    ),
    "speaking.no_such_time": RefusalText(
        Words("Pilihan waktu tidak ada", "There is no such time"),
        Words(
            "Permintaan {number} tidak punya pilihan waktu itu. Pilih dari waktu yang diminta, atau tulis waktunya.",
            "The request {number} has no such time. Choose one that is wanted, or write the times.",
        ),
    ),
    "speaking.too_many_sessions": RefusalText(
        Words("Sesi terlalu banyak", "Too many sessions"),
        Words(
            "Permintaan ini paling banyak untuk {most} sesi. Kurangi jumlah waktu yang diusulkan.",
            "This request is for {most} sessions at most. Propose fewer times.",
        ),
    ),
    "speaking.no_such_session": RefusalText(
        Words("Sesi tidak bisa dipilih", "The session cannot be chosen"),
        Words(
            "Permintaan {number} tidak punya sesi itu, atau sesinya sudah diurus. Buka lagi untuk melihat sesinya.",
            "The request {number} has no such session, or it is settled already. Open it again to see its sessions.",
        ),
    ),
    "speaking.no_speaker_named": RefusalText(
        Words("Narasumber belum ada", "No speaker is named"),
        Words(
            "Narasumber permintaan {number} tidak bertugas lagi. Tunggu sampai unit menyebut penggantinya.",
            "The speaker of the request {number} has left. Wait until the unit names another one.",
        ),
    ),
    "speaking.speaker_unknown": RefusalText(
        Words("Petugas tidak bisa dipilih", "The officer cannot be chosen"),
        Words(
            "Petugas itu tidak bertugas di unit yang diminta atau di bawahnya. Pilih petugas lain.",
            "That officer does not work in the asked unit or below it. Choose another one.",
        ),
    ),
    "speaking.speaker_taken": RefusalText(
        Words("Narasumber sudah ada acara", "The speaker is busy"),
        Words(
            "Narasumber itu sudah punya sesi pada {busy_at}. Pilih waktu atau narasumber lain.",
            "That speaker has a session on {busy_at}. Choose another time or speaker.",
        ),
    ),
    "speaking.room_taken": RefusalText(
        Words("Ruangan sudah dipakai", "The room is taken"),
        Words(
            "Ruangan itu sudah dipakai pada {busy_at}. Pilih waktu lain, atau minta ruangan lain.",
            "That room is taken on {busy_at}. Choose another time, or another room.",
        ),
    ),
    "speaking.room_unknown": RefusalText(
        Words("Ruangan tidak bisa dipilih", "The room cannot be chosen"),
        Words(
            "Ruangan itu bukan milik unit Anda atau tidak dipakai lagi. Pilih ruangan lain, atau tulis tempatnya.",
            "That room is not your unit's or is no longer used. Choose another one, or write the place.",
        ),
    ),
    "speaking.topic_needed": RefusalText(
        Words("Topik belum ditulis", "The topic is missing"),
        Words(
            "Topik lain perlu ditulis dengan kata-kata. Tulis topiknya, lalu kirim lagi.",
            "Another topic has to be written down. Write it, then send again.",
        ),
    ),
    "speaking.group_empty": RefusalText(
        Words("Peserta belum diisi", "The group is empty"),
        Words(
            "Permintaan ini belum menyebut berapa peserta dan usianya. Isi paling sedikit satu kelompok usia.",
            "The request does not say how many of which age will listen. Fill in one age group at least.",
        ),
    ),
    "speaking.move_open": RefusalText(
        Words("Ada permintaan pindah yang terbuka", "A move is open"),
        Words(
            "Permintaan pindah waktu untuk {number} belum dijawab. Tunggu jawabannya, atau tarik dulu.",
            "A move of the request {number} is not answered yet. Wait for the answer, or take it back first.",
        ),
    ),
    "speaking.no_move": RefusalText(
        Words("Tidak ada permintaan pindah", "No move is open"),
        Words(
            "Tidak ada permintaan pindah waktu yang terbuka untuk {number}. Buka lagi untuk melihat waktunya.",
            "No move of the request {number} is open. Open it again to see its times.",
        ),
    ),
    "speaking.own_move": RefusalText(
        Words("Pihak lain yang menjawab", "The other side answers"),
        Words(
            "Pihak Anda yang meminta pindah waktu untuk {number}. Tunggu jawaban pihak lain, atau tarik permintaannya.",
            "Your side asked to move a session of {number}. Wait for the other side, or take it back.",
        ),
    ),
    "speaking.too_late_to_move": RefusalText(
        Words("Terlalu dekat untuk dipindah", "Too near to be moved"),
        Words(
            "Sesi permintaan {number} atau waktu barunya sudah terlalu dekat. "
            "Hubungi pihak lain, lalu batalkan atau laksanakan sesuai jadwal.",
            "The session of {number} or its new time is too near. "
            "Call the other side, then cancel it or keep to the time.",
        ),
    ),
    "speaking.give_back_instead": RefusalText(
        Words("Kembalikan permintaan ini", "Give the request back"),
        Words(
            "Ini satu-satunya sesi permintaan {number}. Kembalikan permintaan agar unit lain diminta.",
            "This is the only session of the request {number}. Give it back, so that another unit is asked.",
        ),
    ),
    "speaking.feed_unknown": RefusalText(
        Words("Alamat kalender tidak berlaku", "The calendar address is not valid"),
        Words(
            "Alamat kalender ini sudah diganti atau dicabut. Buat alamat baru di halaman kalender.",
            "This calendar address was renewed or revoked. Make a new one on the calendar page.",
        ),
    ),
    "speaking.under_way": RefusalText(
        Words("Sesi sedang berlangsung", "A session is under way"),
        Words(
            "Sesi permintaan {number} sudah mulai. Tunggu sampai selesai, lalu peminta melaporkannya.",
            "A session of the request {number} has begun. Wait until it is over; then who asked reports on it.",
        ),
    ),
    "speaking.period_wrong": RefusalText(
        Words("Rentang waktu tidak bisa dipakai", "The period cannot be used"),
        Words(
            "Rentang waktu harus berakhir setelah mulai dan paling lama 400 hari. Ubah tanggalnya, lalu coba lagi.",
            "A period has to end after it begins, and 400 days later at most. Change the dates and try again.",
        ),
    ),
    "speaking.arose_unknown": RefusalText(
        Words("Permintaan asal tidak cocok", "The request does not fit"),
        Words(
            "Permintaan narasumber asal tidak ada, belum terlaksana, atau bukan bagian unit Anda. "
            "Pilih yang benar, atau kosongkan.",
            "The request that this arose from does not exist, was not held yet, or is not your unit's. "
            "Choose the right one, or leave it out.",
        ),
    ),
}
