"""What a step writes goes to the server as one statement."""

import pytest

from services.contracts.lifecycle import Action
from services.kit.crypto import Keyring
from services.kit.database import REMEMBERED_VALUES, Write, values_of
from services.referral import orders
from services.referral.ledger import draft_writes, step_writes
from services.referral.transition import act_by_system
from tests.unit.scenes import MONDAY_10, PKB, PKB_UNIT, TKSK, a_draft, act, an_offer, by, scene

KEYRING = Keyring("one", {"one": bytes(32)}, bytes(32))


def test_what_is_written_together_stays_within_what_the_driver_remembers() -> None:
    triage = by(a_draft(), TKSK, orders.Submit())
    offer = act_by_system(triage, Action.OFFER, scene(), orders.Offer(unit=PKB_UNIT))
    asked = an_offer()
    decline = orders.Decline(reason="no_capacity", text="Penuh.")
    end = act(asked, decline, PKB, scene(), expected_version=asked.acted_version)
    for writes in (
        draft_writes(a_draft(), b"", TKSK, MONDAY_10),
        step_writes(offer, TKSK, KEYRING, now=MONDAY_10),
        step_writes(end, PKB, KEYRING, now=MONDAY_10, sealed=decline.sealed_fields),
    ):
        assert len(values_of(*writes)) <= REMEMBERED_VALUES


def test_a_name_that_would_mean_two_values_is_an_error() -> None:
    with pytest.raises(ValueError, match="two values for at"):
        values_of(Write("INSERT", {"at": 1}), Write("INSERT", {"at": 2}))
