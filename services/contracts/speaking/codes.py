"""The codes of speaker requests. Source: docs/speaking.md."""

from enum import StrEnum


class Topic(StrEnum):
    """What is spoken about. `own` is written out by who asks, and sealed."""

    GENRE = "genre"
    PIK_R = "pik_r"
    REPRODUCTIVE_HEALTH = "reproductive_health"
    STUNTING_PREVENTION = "stunting_prevention"
    MARRIAGE_AGE = "marriage_age"
    PARENTING = "parenting"
    OWN = "own"


class AgeGroup(StrEnum):
    """By which a group is counted."""

    UNDER_10 = "under_10"
    FROM_10_TO_14 = "10_14"
    FROM_15_TO_19 = "15_19"
    FROM_20_TO_24 = "20_24"
    FROM_25 = "25_plus"


class SpokenLanguage(StrEnum):
    """In which the group is spoken to."""

    INDONESIAN = "id"
    JAVANESE = "jv"
    MADURESE = "mad"
    OSING = "osi"
    SIGN = "sign"


class Material(StrEnum):
    """What is to be brought, or has to be there."""

    PROJECTOR = "projector"
    SOUND = "sound"
    POSTERS = "posters"
    LEAFLETS = "leaflets"
    MODELS = "models"
    GAMES = "games"


class SessionStatus(StrEnum):
    """`planned`: proposed, not agreed. `over`: its time is past, and nobody said yet how it went."""

    PLANNED = "planned"
    AGREED = "agreed"
    OVER = "over"
    HELD = "held"
    NOT_HELD = "not_held"
    CANCELLED = "cancelled"


class Side(StrEnum):
    """Of a request: who asks, and who speaks."""

    ASKING = "asking"
    SPEAKING = "speaking"

    @property
    def other(self) -> "Side":
        return Side.SPEAKING if self is Side.ASKING else Side.ASKING


class SpeakerParkReason(StrEnum):
    """Why the search for a unit waits for the asking unit."""

    NO_UNIT = "no_unit"
    ATTEMPTS_USED = "attempts_used"
    DATES_PASSED = "dates_passed"


class SpeakerDeclineReason(StrEnum):
    """Why a unit that is asked sends nobody. The system asks the next one."""

    NO_SPEAKER = "no_speaker"
    DATES_DO_NOT_SUIT = "dates_do_not_suit"
    OUTSIDE_AREA = "outside_area"
    TOPIC_NOT_OURS = "topic_not_ours"
    OTHER = "other"


class GiveBackReason(StrEnum):
    """Why the unit cannot keep what it agreed to. The system asks the next one."""

    SPEAKER_ILL = "speaker_ill"
    SPEAKER_CALLED_AWAY = "speaker_called_away"
    NO_OTHER_SPEAKER = "no_other_speaker"
    OTHER = "other"


class WithdrawReason(StrEnum):
    """Why who asks gives up before anything was agreed."""

    NO_LONGER_NEEDED = "no_longer_needed"
    HELD_OTHERWISE = "held_otherwise"
    NO_SPEAKER_FOUND = "no_speaker_found"
    ENTERED_IN_ERROR = "entered_in_error"
    OTHER = "other"


class CancelReason(StrEnum):
    """Why a session that was agreed does not take place, said before it."""

    GROUP_AWAY = "group_away"
    NO_ROOM = "no_room"
    NO_LONGER_NEEDED = "no_longer_needed"
    SPEAKER_ILL = "speaker_ill"
    SPEAKER_CALLED_AWAY = "speaker_called_away"
    DISASTER = "disaster"
    OTHER = "other"


class MissReason(StrEnum):
    """Why a session whose time is past was not held, as its report says."""

    NOBODY_CAME = "nobody_came"
    SPEAKER_DID_NOT_COME = "speaker_did_not_come"
    NO_SPEAKER = "no_speaker"
    PLACE_CLOSED = "place_closed"
    OTHER = "other"


class NotHeld(StrEnum):
    """Why a request ended without any session that was held. The books count by it."""

    WITHDRAWN = "withdrawn"
    NO_SPEAKER = "no_speaker"
    CANCELLED_BY_ASKER = "cancelled_by_asker"
    CANCELLED_BY_SPEAKER = "cancelled_by_speaker"
    NOBODY_CAME = "nobody_came"
    SPEAKER_DID_NOT_COME = "speaker_did_not_come"
    PLACE_CLOSED = "place_closed"
    NOT_HELD_OTHERWISE = "not_held_otherwise"
    ENTERED_IN_ERROR = "entered_in_error"


class SpeakerClock(StrEnum):
    """What is being waited for.

    `seek`: a unit that can be asked. `acknowledge`: the asked unit's proposal. `answer`: the asker's word on it.
    `counter`: the unit's word on other times. `dates`: a speaker, while the wanted time comes near. `last_date`: the
    last wanted time. `replace`: another speaker for one who left. `move`: a word on moving a session. `week_before`,
    `day_before`, `session`: the moments of the sessions. `report`: how it went. `feedback`: the speaker's word on it.
    """

    SEEK = "seek"
    ACKNOWLEDGE = "acknowledge"
    ANSWER = "answer"
    COUNTER = "counter"
    DATES = "dates"
    LAST_DATE = "last_date"
    REPLACE = "replace"
    MOVE = "move"
    WEEK_BEFORE = "week_before"
    DAY_BEFORE = "day_before"
    SESSION = "session"
    REPORT = "report"
    FEEDBACK = "feedback"
