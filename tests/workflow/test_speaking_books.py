"""The requests for a speaker in the books: each check sees what was planted for it, and each day's line adds up."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from services.contracts.book_commands import CheckRecord
from services.contracts.books import Book, BookLine, FindingKind, Reader
from services.contracts.ids import ReferralId, SpeakerRequestId
from services.contracts.speaking.codes import CancelReason, NotHeld, WithdrawReason
from services.contracts.wib import WIB
from services.kit.database import Tx
from services.kit.signing import SigningKey, thumbprint
from services.referral.closing_days import close_days, lines_after
from services.referral.speaking import orders
from services.referral.speaking.checks import check_requests
from tests.unit.scenes import TKSK
from tests.workflow.clocked import Clocked
from tests.workflow.speaking import Asking

KIND = FindingKind
Found = set[tuple[str, str]]


@pytest.fixture
async def asking(play: Clocked) -> Asking:
    return await Asking.beginning(play)


async def _asked(asking: Asking) -> SpeakerRequestId:
    return await asking.asked()


async def _agreed(asking: Asking) -> SpeakerRequestId:
    return await asking.agreed()


async def _withdrawn(asking: Asking) -> SpeakerRequestId:
    request = await asking.asked()
    await asking.acts(request, TKSK, orders.Withdraw(reason=WithdrawReason.HELD_OTHERWISE))
    return request


async def _found(asking: Asking, tx: Tx, *, limit: int = 100_000) -> Found:
    """Return what all pages of the requests violate."""
    found: Found = set()
    after: Any = None
    while True:
        page = CheckRecord(after=after, limit=limit, whole=True)
        checked = await check_requests(tx, page, now=asking.play.moment.at)
        found |= {(violation.kind, subject) for violation in checked.violations for subject in violation.subjects}
        if (after := checked.last) is None:
            return found


Made = Callable[[Asking], Awaitable[SpeakerRequestId]]
PLANTED: list[tuple[FindingKind, Made, str]] = [
    (KIND.IN_NO_QUEUE, _asked, "UPDATE speaker_request SET waits_for = NULL WHERE id = %(id)s"),
    (KIND.IN_NO_QUEUE, _agreed, "UPDATE speaker_request SET waits_for = 'nobody-35' WHERE id = %(id)s"),
    (KIND.MARK_OVERDUE, _asked, "UPDATE speaker_request SET next_mark_at = %(late)s WHERE id = %(id)s"),
    (KIND.NOTHING_ARMED, _agreed, "UPDATE speaker_request SET next_mark_at = NULL WHERE id = %(id)s"),
    (KIND.VERSION_GAP, _asked, "DELETE FROM speaker_line WHERE request = %(id)s AND version = 1"),
    (KIND.STORY_DIFFERS, _asked, "UPDATE speaker_request SET state = 'agreed' WHERE id = %(id)s"),
    (KIND.STORY_DIFFERS, _withdrawn, "UPDATE speaker_request SET closed_at = NULL WHERE id = %(id)s"),
    (KIND.NO_REASON, _withdrawn, "UPDATE speaker_line SET reason = NULL WHERE request = %(id)s"),
    (KIND.NO_REASON, _withdrawn, "UPDATE speaker_request SET not_held = NULL WHERE id = %(id)s"),
    (KIND.BOOKING_DIFFERS, _agreed, "DELETE FROM booking WHERE request = %(id)s"),
]


@pytest.mark.parametrize(("kind", "made", "plant"), PLANTED, ids=lambda each: getattr(each, "value", None))
async def test_what_was_planted_is_caught(asking: Asking, kind: FindingKind, made: Made, plant: str) -> None:
    request = await made(asking)
    await asking.play.tick()
    wrong: dict[str, Any] = {"id": request, "late": asking.play.moment.at - timedelta(minutes=3)}
    async with asking.play.record.database.engine.connect() as tx:
        before = {each for each in await _found(asking, tx) if each[1] == str(request)}
        await tx.exec_driver_sql(plant, {name: wrong[name] for name in wrong if f"%({name})s" in plant})
        after = {each for each in await _found(asking, tx, limit=3) if each[1] == str(request)}
    assert before == set()
    assert (kind.value, str(request)) in after


def _key() -> SigningKey:
    key = ec.generate_private_key(ec.SECP256R1())
    return SigningKey(key, thumbprint(key), {"keys": []})


async def _line(tx: Tx) -> BookLine:
    """Return the newest line of the speakers' book; every line follows from the one before it."""
    lines = await lines_after(tx, 0, since=None, until=None, limit=100_000)
    assert Reader(lambda _: True).first_fault(lines) is None
    return [each for each in lines if each.book is Book.SPEAKERS][-1]


async def _alone(tx: Tx, mine: list[SpeakerRequestId], *referrals: ReferralId) -> None:
    """Take everybody else's rows out of the books within *tx*; they come back with its end."""
    for table in ("speaker_session", "speaker_line", "booking"):
        await tx.exec_driver_sql(f"DELETE FROM {table} WHERE request <> ALL(%(mine)s)", {"mine": mine})
    await tx.exec_driver_sql("DELETE FROM speaker_request WHERE id <> ALL(%(mine)s)", {"mine": mine})
    nobodys = "UPDATE referral SET submitted_at = NULL WHERE id <> ALL(%(kept)s::uuid[])"
    await tx.exec_driver_sql(nobodys, {"kept": list(referrals)})


async def test_a_days_line_says_requested_held_and_not_held_with_its_reason_and_what_differs_is_caught(
    asking: Asking,
) -> None:
    mine = [await _asked(asking), await _withdrawn(asking), await _agreed(asking)]
    await asking.acts(mine[-1], TKSK, orders.Cancel(reason=CancelReason.GROUP_AWAY))
    day = asking.play.moment.at.astimezone(WIB).date()
    async with asking.play.record.database.engine.connect() as tx:
        await _alone(tx, mine)
        assert await close_days(tx, _key(), now=asking.play.moment.at + timedelta(days=1), limit=1) == 1
        line = await _line(tx)
        assert (line.day, line.submitted, line.closed, line.cancelled, line.live_after) == (day, 3, 0, 2, 1)
        assert line.reasons == {NotHeld.WITHDRAWN: 1, NotHeld.CANCELLED_BY_ASKER: 1}
        assert line.hash == line.hashed()
        assert ("day_differs", "dinsos/35.15") not in await _found(asking, tx)
        await tx.exec_driver_sql("UPDATE speaker_request SET closed_at = NULL WHERE not_held = 'withdrawn'")
        assert ("day_differs", "dinsos/35.15") in await _found(asking, tx)


async def test_a_book_that_begins_when_days_are_closed_already_counts_what_was_asked_for_before(asking: Asking) -> None:
    referral, mine, later = await asking.play.submitted(), [await _asked(asking)], "UPDATE speaker_line SET at = at {}"
    now = asking.play.moment.at
    async with asking.play.record.database.engine.connect() as tx:
        await _alone(tx, mine, referral)
        await tx.exec_driver_sql(later.format("+ interval '40 days'"))  # as if nobody knew of it yet
        assert await close_days(tx, _key(), now=now + timedelta(days=1), limit=1) == 1
        assert {line.book for line in await lines_after(tx, 0, since=None, until=None, limit=10)} == {Book.REFERRALS}
        await tx.exec_driver_sql(later.format("- interval '40 days'"))
        assert ("day_differs", "dinsos/35.15") not in await _found(asking, tx)
        assert await close_days(tx, _key(), now=now + timedelta(days=2), limit=1) == 1
        line = await _line(tx)
    assert (line.live_before, line.submitted, line.live_after) == (0, 1, 1)
