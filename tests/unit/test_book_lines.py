"""The lines of the books: their arithmetic, their chain, and that whoever reads them sees what was done to them."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st
from jwt.algorithms import ECAlgorithm

from services.contracts.books import NO_LINE_BEFORE, Account, Book, BookLine, DayFigures, LineFault, Reader
from services.contracts.codes import Agency
from services.contracts.ids import RegionCode
from services.contracts.lifecycle import FINAL, RULES, State, To
from services.contracts.speaking.codes import NotHeld
from services.kit.signing import PublicKeys, SigningKey, thumbprint
from services.referral.closing_days import chained
from services.referral.day_figures import Moved, Standing, figures_of, standing

DAY = date(2026, 11, 2)
SIDOARJO: Account = (Agency.BKKBN, RegionCode("35.15"))
JOMBANG: Account = (Agency.DINSOS, RegionCode("35.17"))


def _new_key() -> SigningKey:
    key = ec.generate_private_key(ec.SECP256R1())
    kid = thumbprint(key)
    public: Any = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return SigningKey(key, kid, {"keys": [{**public, "kid": kid, "alg": "ES256"}]})


OURS, SOMEBODYS = _new_key(), _new_key()


def _books(key: SigningKey = OURS) -> list[BookLine]:
    """Three days of two accounts: five submitted, one closed, one cancelled and declared void later."""
    days: list[list[Moved]] = [
        [Moved(SIDOARJO, State.DRAFT, State.TRIAGE, True, 3), Moved(JOMBANG, State.DRAFT, State.TRIAGE, True, 2)],
        [Moved(SIDOARJO, State.REPORTED, State.CLOSED, False), Moved(JOMBANG, State.OFFERED, State.CANCELLED, False)],
        [Moved(JOMBANG, State.CANCELLED, State.VOID, False)],
    ]
    lines: list[BookLine] = []
    carried: dict[Account, int] = {}
    for ahead, steps in enumerate(days):
        figures = figures_of(DAY + timedelta(days=ahead), carried, steps)
        lines += chained(figures, lines[-1] if lines else None, key)
        carried = {line.account: line.live_after for line in figures}
    return lines


def _fault(lines: Sequence[BookLine], jwks: Any = OURS.jwks) -> tuple[int, LineFault] | None:
    keys = PublicKeys(jwks)
    broken = Reader(lambda line: keys.signed(line.hash, line.signature, kid=line.key)).first_fault(lines)
    return (broken.line.position, broken.fault) if broken else None


def _resigned(line: BookLine, **changes: Any) -> BookLine:
    """Return *line* with *changes*, as whoever has the key would write it."""
    changed = line.model_copy(update=changes)
    digest = changed.hashed()
    return changed.model_copy(update={"hash": digest, "signature": OURS.signature(digest)})


def test_sound_books_are_sound_whole_and_from_any_day_on() -> None:
    lines = _books()
    assert [(line.live_before, line.live_after, line.cancelled_voided) for line in lines] == [
        *((0, 3, 0), (0, 2, 0)),
        *((3, 2, 0), (2, 1, 0)),
        *((2, 2, 0), (1, 1, 1)),
    ]
    assert [_fault(lines[start:]) for start in range(len(lines))] == [None] * len(lines)


def test_a_day_line_that_was_changed_is_caught() -> None:
    lines = _books()
    lines[2] = lines[2].model_copy(update={"closed": 0, "live_after": 3})
    assert _fault(lines) == (3, LineFault.CHANGED)


def test_a_line_that_was_changed_and_hashed_anew_without_the_key_is_caught() -> None:
    lines = _books()
    changed = lines[2].model_copy(update={"closed": 0, "live_after": 3})
    lines[2] = changed.model_copy(update={"hash": changed.hashed()})
    assert _fault(lines) == (3, LineFault.NOT_SIGNED)


def test_a_line_that_was_changed_with_the_key_itself_breaks_the_chain_after_it() -> None:
    lines = _books()
    lines[2] = _resigned(lines[2], closed=0, cancelled=1)
    assert _fault(lines) == (4, LineFault.CHAIN_BROKEN)


@pytest.mark.parametrize("signature", ["", "AAAA", "not base64 ä", "é"])
def test_a_broken_signature_is_caught(signature: str) -> None:
    lines = _books()
    lines[1] = lines[1].model_copy(update={"signature": signature})
    assert _fault(lines) == (2, LineFault.NOT_SIGNED)


def test_a_signature_by_a_key_that_the_reader_does_not_have_is_caught() -> None:
    assert _fault(_books(SOMEBODYS)) == (1, LineFault.NOT_SIGNED)
    assert _fault(_books(SOMEBODYS), SOMEBODYS.jwks) is None


@pytest.mark.parametrize("first", range(5))
def test_a_swapped_pair_of_lines_is_caught(first: int) -> None:
    lines = _books()
    lines[first], lines[first + 1] = lines[first + 1], lines[first]
    found = _fault(lines)
    assert found is not None
    assert found[1] in {LineFault.OUT_OF_PLACE, LineFault.NOT_CARRIED_OVER}


@pytest.mark.parametrize("gone", range(1, 5))
def test_a_line_that_was_left_out_is_caught(gone: int) -> None:
    lines = _books()
    del lines[gone]
    assert _fault(lines) == (gone + 2, LineFault.OUT_OF_PLACE)


def _rewritten(change: Callable[[list[BookLine]], None]) -> list[BookLine]:
    """Return books that somebody with the key wrote anew after *change*: only the figures can give them away."""
    figures = _books()
    change(figures)
    plain = [line.model_dump(exclude={"position", "previous", "key", "hash", "signature"}) for line in figures]
    return chained([type(figures[0]).__base__(**each) for each in plain], None, OURS)  # type: ignore[misc]


def _lose(lines: list[BookLine]) -> None:
    lines[2] = lines[2].model_copy(update={"closed": 0})


def _forget(lines: list[BookLine]) -> None:
    lines[4] = lines[4].model_copy(update={"live_before": 1, "live_after": 1})


def _skip_an_area(lines: list[BookLine]) -> None:
    del lines[2]


def _skip_a_day(lines: list[BookLine]) -> None:
    del lines[2:4]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (_lose, (3, LineFault.DOES_NOT_ADD_UP)),
        (_forget, (5, LineFault.NOT_CARRIED_OVER)),
        (_skip_an_area, (4, LineFault.AREA_MISSING)),
        (_skip_a_day, (3, LineFault.OUT_OF_ORDER)),
    ],
    ids=["a sum", "a carry-over", "an area", "a day"],
)
def test_books_that_were_wrong_from_the_beginning_are_caught_by_their_figures(
    change: Callable[[list[BookLine]], None], fault: tuple[int, LineFault]
) -> None:
    assert _fault(_rewritten(change)) == fault


@given(st.lists(st.lists(st.tuples(st.integers(0, 4), st.sampled_from(State)), max_size=12), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_the_lines_of_any_days_are_those_of_a_naive_recount(days: list[list[tuple[int, State]]]) -> None:
    """Random stories along the lifecycle's table; the recount looks at where each referral stands in the evening."""
    states: dict[int, State] = {}
    lines: list[BookLine] = []
    carried: dict[Account, int] = {}
    for ahead, wishes in enumerate(days):
        steps = [step for number, wish in wishes if (step := _step(states, number, wish)) is not None]
        figures = figures_of(DAY + timedelta(days=ahead), carried, steps)
        lines += chained(figures, lines[-1] if lines else None, OURS)
        carried = {line.account: line.live_after for line in figures}
        assert {each: live for each, live in carried.items() if live} == _recount(states)
    assert _fault(lines) is None
    assert sum(line.submitted for line in lines) == len(states), "submitted = live + closed + cancelled + void"
    assert len(states) == sum(carried.values()) + sum(state in FINAL for state in states.values())


def _account(number: int) -> Account:
    return SIDOARJO if number % 2 else JOMBANG


def _step(states: dict[int, State], number: int, wish: State) -> Moved | None:
    """Take a step that the table has, towards *wish*; the first one is the submission."""
    before = states.get(number)
    if before is None:
        states[number] = State.TRIAGE
        return Moved(_account(number), State.DRAFT, State.TRIAGE, True)
    reached = {cell.to for (state, _), cell in RULES.items() if state is before} | {before}
    if wish not in reached and not (reached & {To.BACK, To.AFTER_STOP, To.AFTER_DISPUTE} and wish not in FINAL):
        return None
    if standing(before) is Standing.VOID:
        return None
    states[number] = wish
    return Moved(_account(number), before, wish, False)


def _recount(states: dict[int, State]) -> dict[Account, int]:
    live: dict[Account, int] = {}
    for number, state in states.items():
        if state not in FINAL:
            live[_account(number)] = live.get(_account(number), 0) + 1
    return live


def test_a_line_of_referrals_is_hashed_as_it_was_before_there_was_another_book() -> None:
    line = BookLine(
        day=DAY, agency=Agency.DINSOS, area=JOMBANG[1], live_before=1, submitted=2, closed=1, live_after=2, position=7,
        previous=NO_LINE_BEFORE, key="k",
    )  # fmt: skip
    assert line.hashed() == "c5ac1216ce80266a9eb1c40ad32b5ec745d863bb58be336c05c8175e4befbc14"
    assert line.model_copy(update={"book": Book.SPEAKERS}).hashed() != line.hashed()


def _of_speakers(**changes: Any) -> list[BookLine]:
    """The book of three days, and beside it one line of requests: two asked for, one held, one not."""
    figures = DayFigures(
        day=DAY + timedelta(days=2), agency=Agency.DINSOS, area=JOMBANG[1], live_before=0, live_after=0, submitted=2,
        closed=1, cancelled=1, book=Book.SPEAKERS, reasons={NotHeld.WITHDRAWN: 1},
    )  # fmt: skip
    lines = _books()
    return [*lines, *chained([figures.model_copy(update=changes)], lines[-1], OURS)]


def test_requests_for_a_speaker_stand_in_the_same_chain_and_every_end_without_a_session_has_its_reason() -> None:
    assert _fault(_of_speakers()) is None
    assert _fault(_of_speakers(reasons={})) == (7, LineFault.DOES_NOT_ADD_UP)
    assert _fault(_of_speakers(book=Book.REFERRALS)) == (7, LineFault.OUT_OF_ORDER)
    lines = _of_speakers()
    lines[-1] = lines[-1].model_copy(update={"reasons": {NotHeld.NOBODY_CAME: 1}})
    assert _fault(lines) == (7, LineFault.CHANGED)


def test_every_fact_that_can_move_a_referral_in_the_books_is_in_their_index() -> None:
    from pathlib import Path

    moving = {
        cell.fact
        for (before, _), cell in RULES.items()
        if cell.to is To.AFTER_STOP or (isinstance(cell.to, State) and standing(before) is not standing(cell.to))
    } | {"submitted"}
    folder = Path(__file__).parents[2] / "services/referral"
    for file in ("migrations/versions/0005_books.py", "closing_days.py"):
        text = (folder / file).read_text()
        listed = text[text.index("fact IN (") :].partition(")")[0]
        assert {each for each in moving if f"'{each}'" not in listed} == set(), file
