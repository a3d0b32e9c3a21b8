"""What the page of the books shows: sums that balance, and lines that can be trusted up to the first that cannot."""

from datetime import date, timedelta

from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from services.console import book_sums
from services.contracts.books import Book, BookLine, DayFigures, LineFault
from services.contracts.codes import Agency
from services.contracts.ids import RegionCode
from services.contracts.speaking.codes import NotHeld
from services.kit.signing import SigningKey, thumbprint
from services.referral.closing_days import chained

DAY = date(2026, 3, 2)


def _lines(*, days: int = 3) -> tuple[list[BookLine], dict[str, object]]:
    """Return the lines of two accounts, the second one's first on the second day, and the key that checks them."""
    figures, live = [], 10
    for number in range(days):
        day = DAY + timedelta(days=number)
        first = {"live_before": live, "submitted": 4, "closed": 3, "live_after": live + 1}
        figures.append(DayFigures(day=day, agency=Agency.DINSOS, area=RegionCode("35.15"), **first))
        if number:
            second = {"live_before": number - 1, "submitted": 1, "live_after": number}
            figures.append(DayFigures(day=day, agency=Agency.DINSOS, area=RegionCode("35.16"), **second))
        live += 1
    key = ec.generate_private_key(ec.SECP256R1())
    jwk = {**ECAlgorithm.to_jwk(key.public_key(), as_dict=True), "kid": thumbprint(key), "alg": "ES256"}
    before = BookLine(**figures[0].model_dump(), position=7, previous="0" * 64, key="k", hash="1" * 64)
    return chained(figures, before, SigningKey(key, thumbprint(key), {})), {"keys": [jwk]}


def test_the_sums_of_days_and_of_accounts_balance_from_the_first_morning_to_the_last_evening() -> None:
    lines, _ = _lines()
    whole = book_sums.whole(lines)
    assert (whole.figures["live_before"], whole.figures["submitted"], whole.figures["live_after"]) == (10, 14, 15)
    sums = [whole, *book_sums.by_day(lines), *book_sums.by_account(lines)]
    assert all(each.came == each.went for each in sums)
    assert [each.of for each in book_sums.by_day(lines)] == [("2026-03-04",), ("2026-03-03",), ("2026-03-02",)]
    assert [each.of for each in book_sums.by_account(lines)] == [("dinsos", "35.15"), ("dinsos", "35.16")]
    assert book_sums.whole([]).came == 0


def test_the_reasons_of_what_was_not_held_are_summed() -> None:
    first, second = (
        BookLine(
            day=DAY, agency=Agency.DINSOS, area=RegionCode(area), live_before=0, submitted=many, cancelled=many,
            live_after=0, book=Book.SPEAKERS, reasons={NotHeld.WITHDRAWN: many}, position=1, previous="", key="k",
        )
        for area, many in (("35.15", 1), ("35.16", 2))
    )  # fmt: skip
    assert book_sums.whole([first, second]).reasons == {NotHeld.WITHDRAWN: 3}


def test_lines_are_sound_up_to_the_first_that_was_changed_and_nobody_reads_on() -> None:
    lines, keys = _lines()
    assert book_sums.verdict(lines, keys).broken is None
    lines[2] = lines[2].model_copy(update={"closed": 2})
    found = book_sums.verdict(lines, keys)
    assert found.broken is not None
    assert found.broken.fault is LineFault.CHANGED
    assert [found.of(line) for line in lines] == ["sound", "sound", "broken", "unread", "unread"]


def test_a_line_that_another_key_signed_is_not_trusted() -> None:
    lines, _ = _lines()
    _, others = _lines()
    found = book_sums.verdict(lines, others)
    assert found.broken is not None
    assert found.broken.fault is LineFault.NOT_SIGNED
