from pathlib import Path

from services.kit.settings import PartSettings


class ReferralSettings(PartSettings):
    """*policy* is what a referral pins when it is created, *speaking_policy* a speaker request; older ones keep theirs.

    *books_key* is the private key (PEM, P-256) that signs the lines of the books; its public half stands in
    *books_jwks*, with those that signed before. *board_fresh_seconds*: for so long those who ask for the same board get
    the same answer.
    """

    policy: str = "standard-1"
    speaking_policy: str = "speaking-1"
    books_key: Path
    books_jwks: Path
    board_fresh_seconds: float = 2.0
