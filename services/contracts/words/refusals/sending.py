"""Refusals on the way from a draft to a unit that answers."""

from collections.abc import Mapping

from services.contracts.words.base import Words
from services.contracts.words.refusals.text import RefusalText

SENDING: Mapping[str, RefusalText] = {
    "referral.not_found": RefusalText(
        Words("Rujukan tidak ditemukan", "Referral not found"),
        Words(
            "Rujukan ini tidak ada atau tidak terbuka untuk unit Anda. "
            "Periksa nomornya atau tanyakan kepada unit pengirim.",
            "This referral does not exist or is not open to your unit. Check its number or ask the sending unit.",
        ),
    ),
    "referral.exists": RefusalText(
        Words("Rujukan sudah tercatat", "The referral is recorded already"),
        Words(
            "Rujukan {number} sudah tercatat dengan isi yang lain. Buka rujukan itu, atau mulai dari formulir baru.",
            "The referral {number} is recorded already with other contents. Open it, or start from a new form.",
        ),
    ),
    "referral.action_not_allowed": RefusalText(
        Words("Langkah ini tidak tersedia", "This step is not possible now"),
        Words(
            "Rujukan {number} sekarang {state}, jadi Anda tidak bisa {action}. "
            "Buka rujukan untuk melihat siapa yang memutuskan dan langkah yang tersedia.",
            "The referral {number} is now {state}, so you cannot {action}. "
            "Open it to see who decided and what can be done.",
        ),
    ),
    "referral.not_yours": RefusalText(
        Words("Bukan giliran unit atau peran Anda", "Not for your unit or role"),
        Words(
            "Untuk rujukan {number}, Anda tidak bisa {action} karena langkah ini milik unit atau peran lain. "
            "Buka rujukan untuk melihat siapa yang bisa, lalu hubungi unit itu.",
            "For the referral {number} you cannot {action}, because this step belongs to another unit or role. "
            "Open it to see who can, and contact that unit.",
        ),
    ),
    "referral.changed": RefusalText(
        Words("Rujukan sudah berubah", "The referral has changed"),
        Words(
            "Rujukan {number} diubah orang lain sejak Anda membukanya, jadi langkah Anda belum disimpan. "
            "Muat ulang rujukan, baca perubahannya, lalu putuskan lagi.",
            "Somebody changed the referral {number} after you opened it, so your step was not saved. "
            "Reload it, read what changed, then decide again.",
        ),
    ),
    "referral.family_not_known_yet": RefusalText(
        Words("Data keluarga belum siap", "The family is not ready yet"),
        Words(
            "Data keluarga ini baru dicatat dan masih dikirim ke bagian rujukan. "
            "Tunggu sebentar, lalu ajukan lagi; draf Anda tetap tersimpan.",
            "This family was recorded just now and is still on its way. "
            "Wait a moment, then submit again; your draft is kept.",
        ),
    ),
    "referral.family_not_yours": RefusalText(
        Words("Keluarga tidak terbuka untuk unit Anda", "The family is not open to your unit"),
        Words(
            "Hanya unit yang boleh membaca data sebuah keluarga yang bisa merujuknya, "
            "dan keluarga ini tidak terbuka untuk unit Anda. "
            "Cari dengan NIK atau nomor KK, atau catat keluarga ini bila Anda melayaninya.",
            "Only a unit that may read a family's data can refer it, and this family is not open to your unit. "
            "Search by NIK or KK number, or record the family if you work with it.",
        ),
    ),
    "referral.wrong_direction": RefusalText(
        Words("Layanan ini milik instansi Anda", "Your own agency gives this service"),
        Words(
            "Layanan {service} diberikan oleh instansi Anda sendiri, jadi tidak perlu dirujuk. "
            "Pilih layanan dari instansi lain, atau layani keluarga ini langsung.",
            "Your own agency gives {service}, so no referral is needed. "
            "Choose a service of the other agency, or help the family directly.",
        ),
    ),
    "referral.duplicate_need": RefusalText(
        Words("Sudah ada rujukan yang sama", "The same referral exists"),
        Words(
            "Rujukan {other_number} untuk keluarga dan layanan ini masih berjalan. "
            "Lanjutkan rujukan itu, atau tulis alasan mengapa rujukan kedua diperlukan.",
            "The referral {other_number} for this family and service is still running. "
            "Go on with that one, or write down why a second one is needed.",
        ),
    ),
    "referral.consent_missing": RefusalText(
        Words("Persetujuan keluarga belum dicatat", "The consent is not recorded"),
        Words(
            "Anda memilih persetujuan keluarga, tetapi persetujuannya belum dicatat. "
            "Catat siapa yang setuju, kapan, dan dengan cara apa, lalu ajukan lagi.",
            "You chose the family's consent, but it is not recorded yet. "
            "Record who agreed, when and how, then submit again.",
        ),
    ),
    "referral.unit_unknown": RefusalText(
        Words("Unit tidak dikenal", "The unit is not known"),
        Words(
            "Unit yang dipilih tidak ada atau sudah tidak aktif. Pilih unit lain dari daftar.",
            "The chosen unit does not exist or is no longer active. Choose another unit from the list.",
        ),
    ),
    "referral.unit_outside_area": RefusalText(
        Words("Unit di luar wilayah keluarga", "The unit does not cover the family's area"),
        Words(
            "Unit yang dipilih tidak melayani wilayah tempat tinggal keluarga ini. "
            "Pilih unit di kecamatan, kabupaten/kota, atau provinsi keluarga.",
            "The chosen unit does not serve the area where the family lives. "
            "Choose a unit of the family's kecamatan, kabupaten/kota or province.",
        ),
    ),
    "referral.unit_gives_no_such_service": RefusalText(
        Words("Unit tidak memberi layanan ini", "The unit does not give this service"),
        Words(
            "Unit yang dipilih tidak memberi layanan {service}. Pilih unit lain atau layanan lain dari daftar.",
            "The chosen unit does not give {service}. Choose another unit or service from the list.",
        ),
    ),
    "referral.unit_already_asked": RefusalText(
        Words("Unit ini sudah pernah ditawari", "This unit had the offer before"),
        Words(
            "Rujukan ini sudah pernah ditawarkan ke unit tersebut. "
            "Pilih unit lain, atau kembalikan rujukan untuk dilengkapi dulu.",
            "This referral was already offered to that unit. Choose another unit, or return it to be completed first.",
        ),
    ),
    "referral.only_close_or_return": RefusalText(
        Words("Tidak bisa ditawarkan lagi", "It cannot be offered again"),
        Words(
            "Rujukan {number} ditolak dengan alasan yang berlaku untuk semua unit: {reason}. "
            "Tutup rujukan ini, atau kembalikan ke pengirim bila datanya perlu diperbaiki.",
            "The referral {number} was declined for a reason that holds for every unit: {reason}. "
            "Close it, or return it to the sender if its data needs correcting.",
        ),
    ),
    "referral.not_for_the_system": RefusalText(
        Words("Bukan untuk sistem", "Not for the system"),
        Words(
            "Sistem hanya mencari unit lagi bila sebelumnya tidak menemukan unit atau kesempatannya habis. "
            "Rujukan {number} menunggu keputusan penyelia, atau sedang dicarikan unit.",
            "The system only looks again where it had found no unit or had used its attempts. "
            "The referral {number} waits for a supervisor's decision, or a unit is being sought.",
        ),
    ),
    "referral.nothing_armed": RefusalText(
        Words("Tidak ada pengingat yang menunggu", "No mark is waiting"),
        Words(
            "Rujukan {number} tidak menunggu batas waktu apa pun. Tidak ada yang bisa dijalankan lebih awal.",
            "The referral {number} waits for no deadline. There is nothing to be done ahead of time.",
        ),
    ),
    "referral.text_needed": RefusalText(
        Words("Penjelasan belum ditulis", "An explanation is needed"),
        Words(
            "Pilihan ini perlu penjelasan singkat. Tulis satu atau dua kalimat, lalu kirim lagi.",
            "This choice needs a short explanation. Write one or two sentences, then send again.",
        ),
    ),
}
