"""Whether the system asks the next unit by itself. Source: docs/lifecycle.md, after a decline."""

from services.contracts.codes import OFFERED_ONWARD, ParkReason
from services.referral.clock_rules import Scene
from services.referral.domain import Referral

BY_ITSELF = frozenset({*OFFERED_ONWARD, "expired", "redirected", "sent_on"})


def why_a_person_decides(referral: Referral, scene: Scene) -> ParkReason | None:
    """Return why the next offer waits for the sending supervisor; None where the system goes on by itself."""
    if referral.restricted:
        return ParkReason.RESTRICTED
    if referral.service.offered_by_a_person:
        return ParkReason.SCARCE_SERVICE
    if referral.progress.reason not in BY_ITSELF:
        return ParkReason.DECLINED
    if referral.progress.system_offers >= scene.policy.attempts:
        return ParkReason.ATTEMPTS_USED
    return None
