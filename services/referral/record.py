"""What every use case of the record needs, and how a draft rests in it."""

from dataclasses import dataclass

from services.contracts.ids import ReferralId
from services.kit.clock import Now
from services.kit.crypto import Keyring
from services.kit.database import Database
from services.referral import calendars, orders, policy
from services.referral.clock_rules import Scene
from services.referral.domain import Referral
from services.referral.offices import Offices
from services.referral.world import OfficePicture


@dataclass(frozen=True, slots=True)
class Record:
    """What every use case needs."""

    database: Database
    keyring: Keyring
    picture: OfficePicture
    now: Now
    policy_version: str
    speaking_policy: str = "speaking-1"
    """What new speaker requests pin."""

    def scene(self, referral: Referral, offices: Offices) -> Scene:
        """Return what a step of *referral* is judged by, with the policy and the calendar that it pinned."""
        return Scene(
            now=self.now(),
            policy=policy.load(referral.policy_version),
            calendar=calendars.load(referral.calendar_version),
            offices=offices,
        )


def seal_draft(keyring: Keyring, referral: ReferralId, draft: orders.KeptDraft) -> bytes:
    return keyring.seal(draft.model_dump(mode="json"), belongs_to=f"referral/{referral}")


def open_draft(keyring: Keyring, referral: ReferralId, sealed: bytes) -> orders.KeptDraft:
    return orders.KeptDraft.model_validate(keyring.open(sealed, belongs_to=f"referral/{referral}"))
