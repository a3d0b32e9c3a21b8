"""Western Indonesian time, which all of East Java keeps: UTC+7, without summer time since 1964."""

from datetime import timedelta, timezone
from typing import Final

WIB: Final = timezone(timedelta(hours=7), "WIB")
