from services.kit.settings import PartSettings


class ReferralSettings(PartSettings):
    """*policy* is what a referral pins when it is created; the older ones keep theirs."""

    policy: str = "standard-1"
