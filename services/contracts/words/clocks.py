"""Words for what is being waited for, and for the moments on the way."""

from collections.abc import Mapping

from services.contracts.codes import ClockName, Mark, WaysPart
from services.contracts.words.base import Words

CLOCKS: Mapping[ClockName, Words] = {
    ClockName.TRIAGE: Words("Pemeriksaan oleh unit pengirim", "Check by the sending unit"),
    ClockName.ACKNOWLEDGE: Words("Tanggapan pertama unit tujuan", "First response of the receiving unit"),
    ClockName.DECIDE: Words("Keputusan unit tujuan", "Decision of the receiving unit"),
    ClockName.ANSWER: Words("Jawaban atau perbaikan dari pengirim", "The sender's answer or correction"),
    ClockName.REROUTE: Words("Penawaran ke unit lain", "Offer to another unit"),
    ClockName.WAITLIST: Words("Tempat, atau kabar bahwa masih menunggu", "A place, or word that it still waits"),
    ClockName.PLACE: Words("Jawaban atas tawaran tempat", "Answer to the offer of a place"),
    ClockName.CONTACT: Words("Kontak pertama dengan keluarga", "First contact with the family"),
    ClockName.PROGRESS: Words("Catatan perkembangan", "Note on the progress"),
    ClockName.OUTCOME: Words("Laporan hasil", "Report of the result"),
    ClockName.REVIEW: Words("Tanggal tinjau ulang", "Review date"),
    ClockName.CONFIRM: Words("Konfirmasi pengirim", "Confirmation by the sender"),
    ClockName.RULING: Words("Putusan koordinator", "Ruling of the coordinator"),
    ClockName.CANCEL: Words("Jawaban atas permintaan pembatalan", "Answer to the request to cancel"),
    ClockName.STOP: Words("Penghentian atas permintaan keluarga", "Stop at the family's request"),
    ClockName.VOID: Words("Keputusan atas permintaan tidak berlaku", "Decision on the request to make it void"),
    ClockName.OBJECTION: Words("Jawaban atas keberatan keluarga", "Answer to the family's objection"),
}

MARKS: Mapping[Mark, Words] = {
    Mark.HALF: Words("Separuh waktu sudah lewat", "Half of the time is over"),
    Mark.MOST: Words("Waktu hampir habis", "The time is nearly over"),
    Mark.DUE: Words("Batas waktu sudah lewat", "The time is over"),
    Mark.RUNG_2: Words("Diteruskan satu tingkat ke atas", "Passed up one level"),
    Mark.RUNG_3: Words("Diteruskan dua tingkat ke atas", "Passed up two levels"),
    Mark.END: Words("Batas terakhir sudah lewat", "The last limit is over"),
    Mark.REPEAT: Words("Pengingat diulang", "Reminder repeated"),
}

WAYS_PART: Mapping[WaysPart, Words] = {
    WaysPart.ENDED: Words("Berakhir sebelum ada yang bertindak", "Ended before somebody acted"),
    WaysPart.LASTED: Words("Belum berakhir saat itu", "Had not ended by then"),
    WaysPart.ASKED_ON: Words("Penawaran berikutnya di tangan lain", "The next offer in other hands"),
    WaysPart.TOO_MANY: Words("Terlalu banyak pengingat", "Too many marks"),
}
