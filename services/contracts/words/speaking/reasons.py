"""Words for why a request waits, goes on to another unit, or ends without a session. What others say too, is theirs."""

from collections.abc import Mapping
from typing import Any

from services.contracts.codes import DeclineReason, ParkReason
from services.contracts.speaking.codes import (
    CancelReason,
    GiveBackReason,
    MissReason,
    NotHeld,
    SpeakerDeclineReason,
    SpeakerParkReason,
    WithdrawReason,
)
from services.contracts.words.base import Words
from services.contracts.words.reasons import DECLINE_REASONS, NO_UNIT, OTHER, PARK_REASONS

_NO_SPEAKER = Words("Tidak ada narasumber", "No speaker was there to be sent")
_NOT_NEEDED = Words("Tidak diperlukan lagi", "No longer needed")
_ILL = Words("Narasumber sakit", "The speaker is ill")
_CALLED_AWAY = Words("Narasumber mendapat tugas lain", "The speaker was called away")
_NOBODY_CAME = Words("Tidak ada peserta yang datang", "Nobody of the group came")
_SPEAKER_DID_NOT_COME = Words("Narasumber tidak datang", "The speaker did not come")
_PLACE_CLOSED = Words("Tempat tidak bisa dipakai", "The place could not be used")
_IN_ERROR = Words("Salah catat", "Entered by mistake")

SPEAKER_PARK_REASONS: Mapping[SpeakerParkReason, Words] = {
    SpeakerParkReason.NO_UNIT: NO_UNIT,
    SpeakerParkReason.ATTEMPTS_USED: PARK_REASONS[ParkReason.ATTEMPTS_USED],
    SpeakerParkReason.DATES_PASSED: Words("Tanggal yang diminta sudah lewat", "The dates that were asked for are past"),
}
SPEAKER_DECLINE_REASONS: Mapping[SpeakerDeclineReason, Words] = {
    SpeakerDeclineReason.NO_SPEAKER: _NO_SPEAKER,
    SpeakerDeclineReason.DATES_DO_NOT_SUIT: Words("Tanggalnya tidak cocok", "The dates do not suit"),
    SpeakerDeclineReason.OUTSIDE_AREA: DECLINE_REASONS[DeclineReason.OUTSIDE_AREA],
    SpeakerDeclineReason.TOPIC_NOT_OURS: Words("Topiknya bukan bidang unit ini", "The topic is not this unit's field"),
    SpeakerDeclineReason.OTHER: OTHER,
}
GIVE_BACK_REASONS: Mapping[GiveBackReason, Words] = {
    GiveBackReason.SPEAKER_ILL: _ILL,
    GiveBackReason.SPEAKER_CALLED_AWAY: _CALLED_AWAY,
    GiveBackReason.NO_OTHER_SPEAKER: Words("Tidak ada narasumber pengganti", "No other speaker is there"),
    GiveBackReason.OTHER: OTHER,
}
WITHDRAW_REASONS: Mapping[WithdrawReason, Words] = {
    WithdrawReason.NO_LONGER_NEEDED: _NOT_NEEDED,
    WithdrawReason.HELD_OTHERWISE: Words("Sudah diisi narasumber lain", "Held with another speaker"),
    WithdrawReason.NO_SPEAKER_FOUND: Words("Narasumber belum ditemukan", "No speaker was found"),
    WithdrawReason.ENTERED_IN_ERROR: _IN_ERROR,
    WithdrawReason.OTHER: OTHER,
}
CANCEL_REASONS: Mapping[CancelReason, Words] = {
    CancelReason.GROUP_AWAY: Words("Peserta sedang tidak ada", "The group is away"),
    CancelReason.NO_ROOM: Words("Ruangan tidak tersedia", "No room is free"),
    CancelReason.NO_LONGER_NEEDED: _NOT_NEEDED,
    CancelReason.SPEAKER_ILL: _ILL,
    CancelReason.SPEAKER_CALLED_AWAY: _CALLED_AWAY,
    CancelReason.DISASTER: Words("Ada bencana", "A disaster"),
    CancelReason.OTHER: OTHER,
}
MISS_REASONS: Mapping[MissReason, Words] = {
    MissReason.NOBODY_CAME: _NOBODY_CAME,
    MissReason.SPEAKER_DID_NOT_COME: _SPEAKER_DID_NOT_COME,
    MissReason.NO_SPEAKER: _NO_SPEAKER,
    MissReason.PLACE_CLOSED: _PLACE_CLOSED,
    MissReason.OTHER: OTHER,
}
NOT_HELD: Mapping[NotHeld, Words] = {
    NotHeld.WITHDRAWN: Words("Permintaan ditarik", "Withdrawn by who asked"),
    NotHeld.NO_SPEAKER: _NO_SPEAKER,
    NotHeld.CANCELLED_BY_ASKER: Words("Dibatalkan peminta", "Cancelled by who asked"),
    NotHeld.CANCELLED_BY_SPEAKER: Words("Dibatalkan pihak narasumber", "Cancelled by the speaker's side"),
    NotHeld.NOBODY_CAME: _NOBODY_CAME,
    NotHeld.SPEAKER_DID_NOT_COME: _SPEAKER_DID_NOT_COME,
    NotHeld.PLACE_CLOSED: _PLACE_CLOSED,
    NotHeld.NOT_HELD_OTHERWISE: Words("Tidak terlaksana karena hal lain", "Not held for another reason"),
    NotHeld.ENTERED_IN_ERROR: _IN_ERROR,
}
# What the record says where time decided.
_BY_TIME: Mapping[str, Words] = {
    "speaker_left": Words("Narasumber tidak bertugas lagi", "The speaker does not work there any more"),
    "not_answered": Words("Tidak dijawab sampai batas waktu", "Not answered in time"),
}
_ALL: tuple[Mapping[Any, Words], ...] = (
    *(SPEAKER_PARK_REASONS, SPEAKER_DECLINE_REASONS, GIVE_BACK_REASONS, WITHDRAW_REASONS, CANCEL_REASONS),
    *(MISS_REASONS, NOT_HELD, _BY_TIME),
)
SPEAKER_REASONS: Mapping[str, Words] = {str(code): words for table in _ALL for code, words in table.items()}
