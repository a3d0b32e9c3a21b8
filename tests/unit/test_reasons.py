"""A reason is a code; `other` is none until somebody writes what it is."""

from enum import StrEnum
from typing import Any

import pytest

from services.contracts.refusals import Refused
from services.referral import orders
from services.referral.domain import Referral
from tests.unit.scenes import (
    MONDAY_10,
    PKB,
    TKSK,
    TKSK_SUPERVISOR,
    Actor,
    a_draft,
    by,
    in_service,
    later,
    place_offered,
    received,
)

REASONED = [order for order in orders.ORDERS.values() if "reason" in order.model_fields]


def _reasons(order: type[orders.Order]) -> type[StrEnum]:
    kind = order.model_fields["reason"].annotation
    assert isinstance(kind, type)
    assert issubclass(kind, StrEnum)
    return kind


WITH_OTHER = [order for order in REASONED if "other" in set(_reasons(order))]
SCENES: dict[type[orders.Order], tuple[Referral, Actor, dict[str, Any]]] = {
    orders.Decline: (received(), PKB, {}),
    orders.Close: (by(a_draft(), TKSK, orders.Submit()), TKSK_SUPERVISOR, {}),
    orders.RefusePlace: (place_offered(), TKSK, {}),
    orders.Hold: (in_service(), PKB, {"review_on": later(days=10).date()}),
}


@pytest.mark.parametrize("order", REASONED, ids=lambda order: order.__name__)
def test_every_order_with_a_reason_follows_the_one_rule(order: type[orders.Order]) -> None:
    assert issubclass(order, orders.Reasoned)


@pytest.mark.parametrize("order", WITH_OTHER, ids=lambda order: order.__name__)
def test_the_reason_other_needs_a_text_and_a_code_needs_none(order: type[orders.Order]) -> None:
    referral, actor, more = SCENES[order]
    with pytest.raises(Refused, match=r"referral\.text_needed"):
        by(referral, actor, order(reason="other", **more), now=MONDAY_10)
    explained = by(referral, actor, order(reason="other", text="Rumah sedang direnovasi.", **more))
    coded = by(referral, actor, order(reason=next(each for each in _reasons(order) if each != "other"), **more))
    assert explained.version == coded.version == referral.version + 1
