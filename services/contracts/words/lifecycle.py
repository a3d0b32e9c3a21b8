"""Words for where a referral stands, what can be done with it, and who may do it."""

from collections.abc import Mapping

from services.contracts.codes import Decision
from services.contracts.lifecycle import Action, Party, State
from services.contracts.words.base import Words

STATES: Mapping[State, Words] = {
    State.DRAFT: Words("Masih draf", "A draft"),
    State.TRIAGE: Words("Diperiksa unit pengirim", "Being checked by the sending unit"),
    State.OFFERED: Words("Menunggu tanggapan unit tujuan", "Waiting for the receiving unit"),
    State.RECEIVED: Words("Dipelajari unit tujuan", "Being studied by the receiving unit"),
    State.INFO_NEEDED: Words("Menunggu jawaban pengirim", "Waiting for the sender's answer"),
    State.WAITLISTED: Words("Dalam daftar tunggu", "On the waiting list"),
    State.PLACE_OFFERED: Words("Tempat ditawarkan kepada pengirim", "A place is offered to the sender"),
    State.ACCEPTED: Words("Diterima unit tujuan", "Accepted by the receiving unit"),
    State.IN_SERVICE: Words("Sedang dilayani", "In service"),
    State.ON_HOLD: Words("Ditunda sementara", "On hold"),
    State.REPORTED: Words("Menunggu konfirmasi hasil", "Waiting for the result to be confirmed"),
    State.REROUTING: Words("Dicarikan unit lain", "Looking for another unit"),
    State.CANCELLING: Words("Menunggu persetujuan pembatalan", "Waiting for the cancellation to be agreed"),
    State.STOPPING: Words("Dihentikan atas permintaan keluarga", "Being stopped at the family's request"),
    State.CLOSED: Words("Ditutup", "Closed"),
    State.CANCELLED: Words("Dibatalkan", "Cancelled"),
    State.VOID: Words("Tidak berlaku", "Void"),
}

# Labels: what stands on the button.
ACTIONS: Mapping[Action, Words] = {
    Action.EDIT: Words("Ubah draf", "Edit the draft"),
    Action.SUBMIT: Words("Ajukan rujukan", "Submit the referral"),
    Action.DISCARD: Words("Buang draf", "Discard the draft"),
    Action.PURGE: Words("Hapus draf lama", "Remove the old draft"),
    Action.WARN_DRAFT: Words("Ingatkan soal draf lama", "Warn about the old draft"),
    Action.OFFER: Words("Tawarkan ke unit", "Offer to a unit"),
    Action.PARK: Words("Tahan untuk supervisor", "Hold for the supervisor"),
    Action.RETURN: Words("Kembalikan untuk dilengkapi", "Return to be completed"),
    Action.CLOSE: Words("Tutup rujukan", "Close the referral"),
    Action.CLAIM: Words("Ambil untuk dipelajari", "Take it to study"),
    Action.DECLINE: Words("Tolak rujukan", "Decline the referral"),
    Action.REDIRECT: Words("Alihkan ke unit lain", "Redirect to another unit"),
    Action.EXPIRE: Words("Akhiri tawaran", "End the offer"),
    Action.ACCEPT: Words("Terima rujukan", "Accept the referral"),
    Action.ASK: Words("Tanya pengirim", "Ask the sender"),
    Action.ANSWER: Words("Jawab pertanyaan", "Answer the question"),
    Action.WITHDRAW_QUESTION: Words("Tarik pertanyaan", "Withdraw the question"),
    Action.LAPSE_QUESTION: Words("Akhiri pertanyaan", "End the question"),
    Action.ENLIST: Words("Masukkan ke daftar tunggu", "Put on the waiting list"),
    Action.OFFER_PLACE: Words("Tawarkan tempat", "Offer a place"),
    Action.TAKE_PLACE: Words("Ambil tempat", "Take the place"),
    Action.REFUSE_PLACE: Words("Tolak tempat", "Refuse the place"),
    Action.LAPSE_PLACE: Words("Akhiri tawaran tempat", "End the offer of a place"),
    Action.CONTACT: Words("Catat kontak pertama", "Record the first contact"),
    Action.UNACCEPT: Words("Batalkan penerimaan", "Undo the acceptance"),
    Action.NOTE: Words("Catat perkembangan", "Note the progress"),
    Action.CONTACT_FAILED: Words("Catat kontak gagal", "Record a failed contact"),
    Action.HOLD: Words("Tunda layanan", "Put on hold"),
    Action.RESUME: Words("Lanjutkan layanan", "Resume the service"),
    Action.REPORT: Words("Laporkan hasil", "Report the result"),
    Action.CONFIRM: Words("Konfirmasi hasil", "Confirm the result"),
    Action.AUTO_CONFIRM: Words("Konfirmasi otomatis", "Confirm automatically"),
    Action.DISPUTE: Words("Bantah hasil", "Dispute the result"),
    Action.RULE_BACK: Words("Putuskan: layanan dilanjutkan", "Rule: continue the service"),
    Action.RULE_UPHOLD: Words("Putuskan: hasil dibenarkan", "Rule: uphold the result"),
    Action.RECALL: Words("Tarik kembali rujukan", "Recall the referral"),
    Action.CONFIRM_CANCEL: Words("Setujui pembatalan", "Agree to cancel"),
    Action.REFUSE_CANCEL: Words("Tolak pembatalan", "Refuse to cancel"),
    Action.WITHDRAW_CONSENT: Words("Catat pencabutan persetujuan", "Record withdrawn consent"),
    Action.OBJECT: Words("Catat keberatan keluarga", "Record the family's objection"),
    Action.ANSWER_OBJECTION: Words("Jawab keberatan keluarga", "Answer the objection"),
    Action.STOP_RECEIPT: Words("Pastikan sudah berhenti", "Confirm that you have stopped"),
    Action.ASSIGN: Words("Tunjuk petugas", "Assign an officer"),
    Action.RENUMBER: Words("Ganti kode wilayah", "Change the area's code"),
    Action.NOTE_HOME: Words("Catat klien pulang dari UPT", "Note that a client came home from a UPT"),
    Action.SEND_ON: Words("Alihkan ke unit berikutnya", "Send on to the next unit"),
    Action.ROUTE_AGAIN: Words("Carikan unit lagi", "Have a unit sought again"),
    Action.MOVE_POLICY: Words("Pindahkan ke kebijakan waktu lain", "Move to another clock policy"),
    Action.ASK_FOLLOW_UP: Words("Tanyakan kelanjutan usulan", "Ask after the proposal"),
    Action.ANSWER_FOLLOW_UP: Words("Laporkan kelanjutan usulan", "Tell what became of the proposal"),
    Action.REOPEN: Words("Buka kembali rujukan", "Reopen the referral"),
    Action.REQUEST_VOID: Words("Minta dinyatakan tidak berlaku", "Ask to make it void"),
    Action.APPROVE_VOID: Words("Setujui tidak berlaku", "Approve making it void"),
    Action.LAPSE_VOID: Words("Gugurkan permintaan tidak berlaku", "Let the request to make it void lapse"),
    Action.REMIND: Words("Kirim pengingat", "Send a reminder"),
    Action.ESCALATE: Words("Teruskan ke tingkat atas", "Pass it up a level"),
}

DECISIONS: Mapping[Decision, Words] = {
    Decision.OFFER: Words("Tentukan unit berikutnya", "Decide which unit is asked next"),
    Decision.RULING: Words("Putuskan hasil yang dibantah", "Rule on the disputed result"),
    Decision.CANCEL: Words(
        "Jawab pembatalan yang lewat batas waktu", "Answer the cancellation that is past its deadline"
    ),
    Decision.OBJECTION: Words("Jawab keberatan keluarga", "Answer the family's objection"),
    Decision.VOID: Words("Menunggu operator: dinyatakan tidak berlaku", "Waits for an operator: to be made void"),
}

PARTIES: Mapping[Party, Words] = {
    Party.SENDER: Words("Petugas unit pengirim", "Officer of the sending unit"),
    Party.SENDING_SUPERVISOR: Words("Supervisor unit pengirim", "Supervisor of the sending unit"),
    Party.SENDING_COORDINATOR: Words("Koordinator pihak pengirim", "Coordinator of the sending side"),
    Party.RECEIVER: Words("Petugas unit tujuan", "Officer of the receiving unit"),
    Party.RECEIVING_WORKER: Words("Petugas yang menangani", "Officer in charge"),
    Party.RECEIVING_SUPERVISOR: Words("Supervisor unit tujuan", "Supervisor of the receiving unit"),
    Party.RECEIVING_COORDINATOR: Words("Koordinator pihak tujuan", "Coordinator of the receiving side"),
    Party.DPO: Words("Petugas pelindungan data pribadi", "Data protection officer"),
    Party.OPERATOR: Words("Operator sistem", "System operator"),
    Party.SYSTEM: Words("Sistem", "The system"),
}
