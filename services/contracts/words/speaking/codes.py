"""Words for what is asked for, and for what is waited for."""

from collections.abc import Mapping

from services.contracts.speaking.codes import (
    AgeGroup,
    Material,
    SessionStatus,
    Side,
    SpeakerClock,
    SpokenLanguage,
    Topic,
)
from services.contracts.words.base import Words

TOPICS: Mapping[Topic, Words] = {
    Topic.GENRE: Words("Generasi Berencana (GenRe)", "Planning for one's own life (GenRe)"),
    Topic.PIK_R: Words("Pusat Informasi dan Konseling Remaja (PIK-R)", "Youth information and counselling (PIK-R)"),
    Topic.REPRODUCTIVE_HEALTH: Words("Kesehatan reproduksi", "Reproductive health"),
    Topic.STUNTING_PREVENTION: Words("Pencegahan stunting", "Preventing stunting"),
    Topic.MARRIAGE_AGE: Words("Pendewasaan usia perkawinan", "Age at marriage"),
    Topic.PARENTING: Words("Pengasuhan anak dan remaja", "Parenting"),
    Topic.OWN: Words("Topik lain (tulis topiknya)", "Another topic (write it down)"),
}
AGE_GROUPS: Mapping[AgeGroup, Words] = {
    AgeGroup.UNDER_10: Words("Usia di bawah 10 tahun", "Under 10"),
    AgeGroup.FROM_10_TO_14: Words("Usia 10 sampai 14 tahun", "Aged 10 to 14"),
    AgeGroup.FROM_15_TO_19: Words("Usia 15 sampai 19 tahun", "Aged 15 to 19"),
    AgeGroup.FROM_20_TO_24: Words("Usia 20 sampai 24 tahun", "Aged 20 to 24"),
    AgeGroup.FROM_25: Words("Usia 25 tahun ke atas", "Aged 25 and older"),
}
SPOKEN_LANGUAGES: Mapping[SpokenLanguage, Words] = {
    SpokenLanguage.INDONESIAN: Words("Bahasa Indonesia", "Indonesian"),
    SpokenLanguage.JAVANESE: Words("Bahasa Jawa", "Javanese"),
    SpokenLanguage.MADURESE: Words("Bahasa Madura", "Madurese"),
    SpokenLanguage.OSING: Words("Bahasa Osing", "Osing"),
    SpokenLanguage.SIGN: Words("Bahasa isyarat", "Sign language"),
}
MATERIALS: Mapping[Material, Words] = {
    Material.PROJECTOR: Words("Proyektor", "Projector"),
    Material.SOUND: Words("Pengeras suara", "Loudspeaker"),
    Material.POSTERS: Words("Lembar balik dan poster", "Flip charts and posters"),
    Material.LEAFLETS: Words("Brosur", "Leaflets"),
    Material.MODELS: Words("Alat peraga", "Models to show"),
    Material.GAMES: Words("Permainan edukasi", "Games to learn by"),
}
SESSION_STATUSES: Mapping[SessionStatus, Words] = {
    SessionStatus.PLANNED: Words("Diusulkan", "Proposed"),
    SessionStatus.AGREED: Words("Disepakati", "Agreed"),
    SessionStatus.OVER: Words("Menunggu laporan", "Waiting for its report"),
    SessionStatus.HELD: Words("Terlaksana", "Held"),
    SessionStatus.NOT_HELD: Words("Tidak terlaksana", "Not held"),
    SessionStatus.CANCELLED: Words("Dibatalkan", "Cancelled"),
}
SIDES: Mapping[Side, Words] = {
    Side.ASKING: Words("Pihak peminta", "Who asks"),
    Side.SPEAKING: Words("Pihak narasumber", "The speaker's side"),
}
SPEAKER_CLOCKS: Mapping[SpeakerClock, Words] = {
    SpeakerClock.SEEK: Words("Pencarian unit yang punya narasumber", "Search for a unit that has a speaker"),
    SpeakerClock.ACKNOWLEDGE: Words("Usulan narasumber dari unit yang diminta", "Proposal of the asked unit"),
    SpeakerClock.ANSWER: Words("Jawaban peminta atas usulan", "Answer to the proposal"),
    SpeakerClock.COUNTER: Words("Jawaban unit atas waktu lain", "The unit's answer to other times"),
    SpeakerClock.DATES: Words("Narasumber sebelum tanggal yang diminta", "A speaker before the wanted date"),
    SpeakerClock.LAST_DATE: Words("Tanggal terakhir yang diminta", "The last wanted date"),
    SpeakerClock.REPLACE: Words("Narasumber pengganti", "Another speaker"),
    SpeakerClock.MOVE: Words("Jawaban atas permintaan pindah waktu", "Answer to moving a session"),
    SpeakerClock.WEEK_BEFORE: Words("Seminggu sebelum sesi", "A week before the session"),
    SpeakerClock.DAY_BEFORE: Words("Sehari sebelum sesi", "A day before the session"),
    SpeakerClock.SESSION: Words("Akhir sesi", "End of the session"),
    SpeakerClock.REPORT: Words("Laporan sesi", "Report on the session"),
    SpeakerClock.FEEDBACK: Words("Masukan narasumber", "The speaker's feedback"),
}
