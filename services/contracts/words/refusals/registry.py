"""Refusals about families, people, places and messages."""

from collections.abc import Mapping

from services.contracts.words.base import Words
from services.contracts.words.refusals.text import RefusalText

REGISTRY: Mapping[str, RefusalText] = {
    "registry.family_not_found": RefusalText(
        Words("Keluarga tidak ditemukan", "Family not found"),
        Words(
            "Keluarga ini tidak ada atau tidak terbuka untuk unit Anda. "
            "Cari dengan NIK atau nomor KK, atau tanyakan kepada unit yang mencatatnya.",
            "This family does not exist or is not open to your unit. "
            "Search by NIK or KK number, or ask the unit that recorded it.",
        ),
    ),
    "registry.family_exists": RefusalText(
        Words("Keluarga sudah tercatat", "The family is recorded already"),
        Words(
            "Keluarga ini sudah pernah dicatat. Cari dengan NIK atau nomor KK dan pakai data yang ada.",
            "This family was recorded before. Search by NIK or KK number and use what is there.",
        ),
    ),
    "registry.nik_invalid": RefusalText(
        Words("NIK perlu diperiksa", "Check the NIK"),
        Words(
            "NIK yang diisi {fault}. Salin 16 angka dari KTP atau KK, lalu coba lagi.",
            "The NIK was not taken, because {fault}. Copy the 16 digits from the KTP or KK, then try again.",
        ),
    ),
    "registry.kk_invalid": RefusalText(
        Words("Nomor KK perlu diperiksa", "Check the KK number"),
        Words(
            "Nomor KK yang diisi {fault}. Salin 16 angka dari Kartu Keluarga terbaru, lalu coba lagi.",
            "The KK number was not taken, because {fault}. "
            "Copy the 16 digits from the newest family card, then try again.",
        ),
    ),
    "registry.nik_taken": RefusalText(
        Words("NIK sudah tercatat", "The NIK is recorded already"),
        Words(
            "NIK ini sudah dipakai untuk orang lain dalam data. "
            "Cocokkan dengan KTP; bila sudah benar, minta supervisor memeriksa data yang lama.",
            "This NIK is already used for another person in the data. "
            "Compare it with the KTP; if it is right, ask your supervisor to check the older entry.",
        ),
    ),
    "registry.paper_too_early": RefusalText(
        Words("Tanggal berlaku terlalu awal", "The date is too early"),
        Words(
            "Nomor yang sekarang tercatat berlaku sejak {since}. Isi tanggal yang sama atau sesudahnya.",
            "The number on record is valid from {since}. Give that day or a later one.",
        ),
    ),
    "registry.member_exists": RefusalText(
        Words("Anggota sudah tercatat", "The member is recorded already"),
        Words(
            "Anggota keluarga ini sudah pernah dicatat dengan data lain. Buka keluarganya dan periksa dulu.",
            "This member was recorded before with other data. Open the family and look first.",
        ),
    ),
    "registry.member_not_found": RefusalText(
        Words("Anggota tidak ditemukan", "Member not found"),
        Words(
            "Keluarga ini tidak punya anggota yang dimaksud. Buka keluarganya dan pilih dari daftar anggota.",
            "This family has no such member. Open the family and choose from its members.",
        ),
    ),
    "registry.member_has_nik": RefusalText(
        Words("NIK anggota ini sudah ada", "The member has a NIK already"),
        Words(
            "Anggota ini sudah punya NIK lain. Cocokkan dengan KTP atau KK; bila salah, minta supervisor memeriksanya.",
            "This member has another NIK already. Compare it with the KTP or KK; if it is wrong, ask your supervisor.",
        ),
    ),
    "registry.family_full": RefusalText(
        Words("Keluarga sudah penuh", "The family is full"),
        Words(
            "Satu keluarga dapat memuat paling banyak {most} anggota. Periksa apakah ini memang satu keluarga.",
            "A family can have at most {most} members. Check whether this is really one family.",
        ),
    ),
    "registry.region_unknown": RefusalText(
        Words("Wilayah tidak dikenal", "The area is not known"),
        Words(
            "Wilayah yang diisi tidak ada dalam daftar resmi. "
            "Pilih kecamatan dulu, lalu pilih desa atau kelurahan dari daftar.",
            "The area filled in is not in the official list. Choose the kecamatan first, then the village.",
        ),
    ),
    "registry.region_outside_area": RefusalText(
        Words("Di luar wilayah kerja Anda", "Outside your area"),
        Words(
            "Alamat keluarga ini di luar wilayah kerja unit Anda. "
            "Periksa alamatnya, atau minta unit di wilayah itu untuk mencatatnya.",
            "This family's address lies outside your unit's area. "
            "Check the address, or ask the unit of that area to record the family.",
        ),
    ),
    "registry.decree_unsound": RefusalText(
        Words("Keputusan belum dapat diterapkan", "The decree cannot be applied"),
        Words(
            "Ada kode wilayah yang tidak cocok dengan daftar. Tidak ada yang diubah. "
            "Perbaiki baris yang disebut, lalu kirim lagi.",
            "Some codes do not fit the list of areas. Nothing was changed. Correct the rows named, then send it again.",
        ),
    ),
    "registry.lists_under_way": RefusalText(
        Words("Daftar sedang diolah", "Lists are being worked on"),
        Words(
            "Daftar sedang diambil alih atau dipadankan, jadi kode wilayah belum dapat diganti. "
            "Coba lagi beberapa menit lagi.",
            "A list is being taken over or laid on another, so codes cannot change just now. "
            "Try again in a few minutes.",
        ),
    ),
    "registry.unit_unknown": RefusalText(
        Words("Unit tidak ditemukan", "Unit not found"),
        Words(
            "Unit yang dicari tidak ada atau sudah tidak aktif. Periksa namanya, lalu pilih dari daftar unit.",
            "The unit does not exist or is no longer active. Check its name, then choose from the list of units.",
        ),
    ),
    "registry.officer_unknown": RefusalText(
        Words("Petugas tidak ditemukan", "Officer not found"),
        Words(
            "Petugas yang dicari tidak ada atau sudah tidak bertugas. Periksa nomor petugas, lalu cari lagi.",
            "The officer does not exist or no longer works here. Check the staff number, then search again.",
        ),
    ),
    "notify.message_not_found": RefusalText(
        Words("Pesan tidak ditemukan", "Message not found"),
        Words(
            "Pesan ini tidak ada atau bukan untuk Anda. Kembali ke kotak pesan dan muat ulang daftarnya.",
            "This message does not exist or is not for you. Go back to your messages and reload the list.",
        ),
    ),
    "pipes.letter_not_found": RefusalText(
        Words("Peristiwa tidak ada di sini", "No such event here"),
        Words(
            "Peristiwa yang disisihkan ini sudah tidak ada, atau milik bagian lain. Muat ulang daftarnya.",
            "This event that was set aside is no longer here, or belongs to another part. Reload the list.",
        ),
    ),
}
