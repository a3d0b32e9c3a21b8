"""Every event type there is, and who reads which stream."""

from collections.abc import Mapping
from types import MappingProxyType

from services.contracts.events.envelope import Envelope, Event
from services.contracts.events.notify import NOTIFY_TYPES, NotifyStopped
from services.contracts.events.referral import REFERRAL_TYPES, ReferralEvent
from services.contracts.events.registry import (
    REGISTRY_TYPES,
    FamilyRecorded,
    OfficerChanged,
    OfficerLeft,
    RegistryStopped,
    UnitChanged,
)
from services.contracts.events.speaking import SPEAKING_TYPES, SpeakerRequestEvent

CaseEvent = ReferralEvent | SpeakerRequestEvent
"""A fact of a case, with its newest snapshot."""

EVENT_TYPES: Mapping[str, type[Event]] = MappingProxyType(
    {**REFERRAL_TYPES, **SPEAKING_TYPES, **REGISTRY_TYPES, **NOTIFY_TYPES}
)

# The one list from which streams and groups are made, and below whose slowest group a stream may be trimmed.
GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "referral": ("registry", "notify", "workflows"),
        "registry": ("referral", "notify"),
        "notify": ("referral",),
    }
)

__all__ = [
    "EVENT_TYPES",
    "GROUPS",
    "CaseEvent",
    "Envelope",
    "Event",
    "FamilyRecorded",
    "NotifyStopped",
    "OfficerChanged",
    "OfficerLeft",
    "ReferralEvent",
    "RegistryStopped",
    "SpeakerRequestEvent",
    "UnitChanged",
]
