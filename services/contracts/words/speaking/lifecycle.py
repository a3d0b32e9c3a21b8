"""Words for where a request stands, what can be done with it, and what happened to it."""

from collections.abc import Mapping

from services.contracts.speaking.lifecycle import SpeakerAction, SpeakerState
from services.contracts.words.base import Words

A, S = SpeakerAction, SpeakerState

SPEAKER_STATES: Mapping[SpeakerState, Words] = {
    S.SEEKING: Words("Dicarikan unit", "Looking for a unit"),
    S.OFFERED: Words("Menunggu usulan narasumber", "Waiting for a proposal"),
    S.PROPOSED: Words("Menunggu jawaban peminta", "Waiting for the answer of who asked"),
    S.COUNTERED: Words("Menunggu jawaban unit atas waktu lain", "Waiting for the unit's answer to other times"),
    S.AGREED: Words("Disepakati", "Agreed"),
    S.REPORTING: Words("Menunggu laporan sesi", "Waiting for the report"),
    S.REPORTED: Words("Menunggu masukan narasumber", "Waiting for the speaker's feedback"),
    S.HELD: Words("Terlaksana", "Held"),
    S.NOT_HELD: Words("Tidak terlaksana", "Not held"),
}

# Labels: what stands on the button.
SPEAKER_ACTIONS: Mapping[SpeakerAction, Words] = {
    A.OFFER: Words("Minta ke unit", "Ask a unit"),
    A.PARK: Words("Tahan untuk peminta", "Hold for who asks"),
    A.ROUTE_AGAIN: Words("Carikan unit lagi", "Look for a unit again"),
    A.SEND_ON: Words("Alihkan ke unit berikutnya", "Send on to the next unit"),
    A.EXPIRE: Words("Akhiri karena waktu lewat", "End, out of time"),
    A.CHANGE: Words("Ubah permintaan", "Change the request"),
    A.PROPOSE: Words("Usulkan narasumber dan waktu", "Propose a speaker and times"),
    A.RETRACT: Words("Tarik usulan", "Take the proposal back"),
    A.DECLINE: Words("Tolak", "Decline"),
    A.AGREE: Words("Setujui", "Agree"),
    A.COUNTER: Words("Minta waktu lain", "Ask for other times"),
    A.CHANGE_SPEAKER: Words("Ganti narasumber", "Name another speaker"),
    A.SPEAKER_LEFT: Words("Catat narasumber pergi", "Note that the speaker left"),
    A.ASK_MOVE: Words("Minta pindah waktu sesi", "Ask to move a session"),
    A.AGREE_MOVE: Words("Setujui waktu baru", "Agree to the new time"),
    A.REFUSE_MOVE: Words("Tetap pada waktu lama", "Keep the old time"),
    A.LAPSE_MOVE: Words("Gugurkan permintaan pindah", "Let the move lapse"),
    A.CANCEL_SESSION: Words("Batalkan satu sesi", "Cancel one session"),
    A.CANCEL: Words("Batalkan semua sesi", "Cancel all sessions"),
    A.GIVE_BACK: Words("Kembalikan permintaan", "Give the request back"),
    A.WITHDRAW: Words("Tarik permintaan", "Withdraw the request"),
    A.DATES_PASSED: Words("Catat tanggal lewat", "Note that the dates are past"),
    A.ANNOUNCE: Words("Ingatkan sesi mendatang", "Remind of the session ahead"),
    A.SESSION_OVER: Words("Catat sesi selesai", "Note that the session is over"),
    A.REPORT: Words("Laporkan sesi", "Report on the session"),
    A.FEEDBACK: Words("Beri masukan", "Give feedback"),
    A.LAPSE_FEEDBACK: Words("Tutup tanpa masukan", "Close without feedback"),
    A.REMIND: Words("Kirim pengingat", "Send a reminder"),
    A.ESCALATE: Words("Teruskan ke atas", "Pass up"),
}

SPEAKER_INFINITIVES: Mapping[SpeakerAction, Words] = {
    A.OFFER: Words("menyampaikan permintaan ini ke unit", "ask a unit"),
    A.PARK: Words("menahan permintaan ini", "hold it"),
    A.ROUTE_AGAIN: Words("mencarikan unit lagi", "have a unit sought again"),
    A.SEND_ON: Words("mengalihkan permintaan ini ke unit berikutnya", "send it on to the next unit"),
    A.EXPIRE: Words("mengakhiri permintaan ke unit ini", "end the asking of this unit"),
    A.CHANGE: Words("mengubah permintaan ini", "change it"),
    A.PROPOSE: Words("mengusulkan narasumber", "propose a speaker"),
    A.RETRACT: Words("menarik usulan ini", "take the proposal back"),
    A.DECLINE: Words("menolak permintaan ini", "decline it"),
    A.AGREE: Words("menyetujui usulan ini", "agree to it"),
    A.COUNTER: Words("meminta waktu lain", "ask for other times"),
    A.CHANGE_SPEAKER: Words("mengganti narasumber", "name another speaker"),
    A.SPEAKER_LEFT: Words("mencatat kepergian narasumber", "note that the speaker left"),
    A.ASK_MOVE: Words("meminta pindah waktu sesi", "ask to move a session"),
    A.AGREE_MOVE: Words("menyetujui waktu baru", "agree to the new time"),
    A.REFUSE_MOVE: Words("menolak waktu baru", "refuse the new time"),
    A.LAPSE_MOVE: Words("menggugurkan permintaan pindah", "let the move lapse"),
    A.CANCEL_SESSION: Words("membatalkan sesi ini", "cancel this session"),
    A.CANCEL: Words("membatalkan permintaan ini", "cancel it"),
    A.GIVE_BACK: Words("mengembalikan permintaan ini", "give it back"),
    A.WITHDRAW: Words("menarik permintaan ini", "withdraw it"),
    A.DATES_PASSED: Words("mencatat tanggal yang lewat", "note that the dates are past"),
    A.ANNOUNCE: Words("mengingatkan sesi mendatang", "remind of the session"),
    A.SESSION_OVER: Words("mencatat sesi selesai", "note that the session is over"),
    A.REPORT: Words("melaporkan sesi ini", "report on the session"),
    A.FEEDBACK: Words("memberi masukan", "give feedback"),
    A.LAPSE_FEEDBACK: Words("menutup tanpa masukan", "close without feedback"),
    A.REMIND: Words("mengirim pengingat", "send a reminder"),
    A.ESCALATE: Words("meneruskan ke atas", "pass it up"),
}

SPEAKER_FACT_SENTENCES: Mapping[str, Words] = {
    "requested": Words("Narasumber diminta", "A speaker was asked for"),
    "offered": Words("Permintaan disampaikan ke unit", "A unit was asked"),
    "parked": Words("Menunggu keputusan peminta", "Waiting for who asks to decide"),
    "routed_again": Words("Unit dicarikan lagi", "A unit was sought again"),
    "sent_on": Words(
        "Diambil dari unit oleh petugas sistem, unit lain dicari",
        "Taken from the unit by an operator, and another unit was sought",
    ),
    "expired": Words(
        "Batas waktu unit lewat, unit lain dicari", "The unit's time was over, and another unit was sought"
    ),
    "changed": Words("Permintaan diubah oleh peminta", "Who asks changed the request"),
    "proposed": Words("Unit mengusulkan narasumber dan waktu", "The unit proposed a speaker and times"),
    "retracted": Words("Unit menarik usulannya", "The unit took its proposal back"),
    "declined": Words("Ditolak oleh unit, unit lain dicari", "Declined by the unit, and another unit was sought"),
    "agreed": Words("Narasumber dan waktu disepakati", "Speaker and times were agreed"),
    "countered": Words("Peminta meminta waktu lain", "Who asks asked for other times"),
    "speaker_changed": Words("Narasumber diganti", "Another speaker was named"),
    "speaker_left": Words(
        "Narasumber tidak bertugas lagi, pengganti dicari", "The speaker left, and another one is to be named"
    ),
    "move_asked": Words("Ada permintaan pindah waktu sesi", "It was asked to move a session"),
    "move_agreed": Words("Sesi pindah ke waktu baru", "The session was moved"),
    "move_refused": Words("Waktu lama tetap berlaku", "The old time was kept"),
    "move_lapsed": Words(
        "Permintaan pindah tidak dijawab, waktu lama tetap berlaku",
        "Nobody answered about the move, so the old time stays",
    ),
    "session_cancelled": Words("Satu sesi dibatalkan", "One session was cancelled"),
    "cancelled": Words("Sesi dibatalkan oleh peminta", "Who asked cancelled the sessions"),
    "given_back": Words(
        "Dikembalikan oleh unit, unit lain dicari", "Given back by the unit, and another unit was sought"
    ),
    "withdrawn": Words("Permintaan ditarik oleh peminta", "Who asked withdrew the request"),
    "dates_passed": Words(
        "Tanggal yang diminta lewat tanpa kesepakatan", "The wanted dates passed without an agreement"
    ),
    "announced": Words("Pengingat sesi dikirim", "A reminder of the session was sent"),
    "session_over": Words("Waktu sesi sudah lewat", "The session's time was over"),
    "reported": Words("Sesi dilaporkan", "The session was reported on"),
    "feedback_given": Words("Narasumber memberi masukan", "The speaker gave feedback"),
    "feedback_lapsed": Words(
        "Ditutup tanpa masukan narasumber karena batas waktu lewat", "Closed without feedback, as the time was over"
    ),
    "reminded": Words("Pengingat dikirim", "A reminder was sent"),
    "escalated": Words(
        "Diteruskan ke tingkat atas karena batas waktu lewat", "Passed up a level because the time was over"
    ),
}
