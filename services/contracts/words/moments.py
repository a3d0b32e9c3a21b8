"""Days and moments as people in East Java write them. Moments are shown in WIB (UTC+7, no summer time)."""

from datetime import date, datetime

from services.contracts.wib import WIB
from services.contracts.words.base import Language

_MONTHS_ID = "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember"
_MONTHS_EN = "January February March April May June July August September October November December"
_MONTHS: dict[Language, list[str]] = {"id": _MONTHS_ID.split(), "en": _MONTHS_EN.split()}


_WEEK: dict[Language, tuple[str, ...]] = {
    "id": ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


def say_day(day: date, language: Language) -> str:
    """Return `24 November 2026`."""
    return f"{day.day} {_MONTHS[language][day.month - 1]} {day.year}"


def say_moment(moment: datetime, language: Language) -> str:
    """Return `24 November 2026 pukul 14.05 WIB` or `24 November 2026, 14:05 WIB`.

    Raises ValueError if *moment* is naive: nobody could say which hour is meant.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    local = moment.astimezone(WIB)
    hour = f"{local:%H.%M}" if language == "id" else f"{local:%H:%M}"
    return f"{say_day(local, language)}{' pukul' if language == 'id' else ','} {hour} WIB"


def say_moment_of_week(moment: datetime, language: Language) -> str:
    """Return `Selasa 24 November 2026 pukul 16.00 WIB` or `Tuesday 24 November 2026, 16:00 WIB`."""
    return f"{_WEEK[language][moment.astimezone(WIB).weekday()]} {say_moment(moment, language)}"
