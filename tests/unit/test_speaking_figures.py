"""The books of speaker requests add up, whatever came and went when."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.contracts.codes import Agency
from services.contracts.ids import RegionCode
from services.contracts.speaking.codes import NotHeld
from services.contracts.speaking.lifecycle import SpeakerState
from services.referral.speaking.figures import BookStep, Figures, Whose, counted
from tests.unit.scenes import MONDAY_10

WHOSE = Whose(Agency.DINSOS, RegionCode("35.15"))
ENDS = st.sampled_from([None, SpeakerState.HELD, *NotHeld])


@given(lives=st.lists(st.tuples(st.integers(0, 40), ENDS, st.integers(0, 40))), since=st.integers(0, 60))
def test_what_was_open_and_came_is_open_held_or_not_held(
    lives: list[tuple[int, SpeakerState | NotHeld | None, int]], since: int
) -> None:
    steps = []
    for came, end, lasted in lives:
        steps.append(BookStep(WHOSE, MONDAY_10 + timedelta(hours=came)))
        if end is not None:
            reason = end if isinstance(end, NotHeld) else None
            state = SpeakerState.NOT_HELD if reason else SpeakerState.HELD
            steps.append(BookStep(WHOSE, MONDAY_10 + timedelta(hours=came + lasted), state, reason))
    figures = counted(steps, MONDAY_10 + timedelta(hours=since)).get(WHOSE, Figures())
    assert figures.sound
    assert figures.open_after == sum(end is None for _, end, _ in lives)


def test_more_ends_than_requests_are_seen() -> None:
    ended = BookStep(WHOSE, MONDAY_10, SpeakerState.HELD)
    assert not counted([ended], MONDAY_10)[WHOSE].sound
