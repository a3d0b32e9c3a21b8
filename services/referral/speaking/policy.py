"""The policies of speaker requests: the same kind of file as the referrals', with other rows."""

from importlib.resources import files
from typing import Final

from services.contracts.speaking.codes import SpeakerClock
from services.referral import policy
from services.referral.policy import Family, Policy

MOMENTS: Final = frozenset(
    {
        *(SpeakerClock.DATES, SpeakerClock.LAST_DATE, SpeakerClock.WEEK_BEFORE, SpeakerClock.DAY_BEFORE),
        SpeakerClock.SESSION,
    }
)
"""These end at a moment of a calendar, and have no length of their own."""

OF_SPEAKERS: Final = Family(
    files("services.referral.speaking") / "policies",
    tuple(clock.value for clock in SpeakerClock if clock not in MOMENTS),
    spans=("high_within", "urgent_within", "dates_lead", "notice"),
)


def load(version: str) -> Policy:
    """Return the policy of *version*. Raises UnknownPolicy, and PolicyInvalid where its file has a gap."""
    return policy.load(version, OF_SPEAKERS)
