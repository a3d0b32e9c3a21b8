"""The number that people write down and read out: year, running number, check digit (ISO 7064, MOD 11,10)."""

from datetime import datetime

from stdnum.iso7064 import mod_11_10

from services.contracts.wib import WIB


def referral_number(running: int, at: datetime) -> str:
    """Return e.g. `26-000123-4`. One wrong digit, or two neighbours swapped, make it invalid (almost always)."""
    year = at.astimezone(WIB).strftime("%y")
    digits = f"{running:06d}"
    check: str = mod_11_10.calc_check_digit(year + digits)
    return f"{year}-{digits}-{check}"


def is_valid(number: str) -> bool:
    """True where *number*, with or without its dashes, has the right check digit."""
    digits = number.replace("-", "").strip()
    return digits.isdigit() and len(digits) >= 9 and bool(mod_11_10.is_valid(digits))
