"""The table of speaker requests is total, has no dead end but its two ends, and leaves nobody's silence to end it."""

import pytest

from services.contracts.events import EVENT_TYPES
from services.contracts.lifecycle import Party
from services.contracts.speaking.lifecycle import (
    AS_SESSIONS_STAND,
    SPEAKER_FACTS,
    SPEAKER_FINAL,
    SPEAKER_LIVE,
    SPEAKER_RULES,
    SpeakerAction,
    SpeakerState,
    SpeakerTo,
    speaker_allowed,
    speaker_rule,
)

ENDS_BY_ITSELF = {SpeakerAction.LAPSE_FEEDBACK}


def _targets(state: SpeakerState, to: SpeakerState | SpeakerTo) -> frozenset[SpeakerState]:
    if to is SpeakerTo.SAME:
        return frozenset({state})
    return AS_SESSIONS_STAND if to is SpeakerTo.AS_SESSIONS_STAND else frozenset({SpeakerState(to)})


@pytest.mark.parametrize("state", SpeakerState)
@pytest.mark.parametrize("action", SpeakerAction)
def test_the_table_answers_for_every_state_and_action(state: SpeakerState, action: SpeakerAction) -> None:
    cell = speaker_rule(state, action)
    assert cell is None or (cell.by and cell.fact)


def test_every_action_is_possible_somewhere_and_none_after_the_end() -> None:
    assert {action for _, action in SPEAKER_RULES} == set(SpeakerAction)
    assert not {state for state, _ in SPEAKER_RULES} & SPEAKER_FINAL


def test_every_state_is_reached_from_seeking_and_leads_to_an_end() -> None:
    leads = {
        state: frozenset().union(*(_targets(state, cell.to) for (at, _), cell in SPEAKER_RULES.items() if at is state))
        for state in SpeakerState
    }
    reached = {SpeakerState.SEEKING}
    while more := frozenset().union(*(leads[state] for state in reached)) - reached:
        reached |= more
    ending = set(SPEAKER_FINAL)
    while more := {state for state in SPEAKER_LIVE if leads[state] & ending} - ending:
        ending |= more
    assert reached == ending == set(SpeakerState)


def test_the_system_ends_a_request_only_where_the_speakers_word_on_a_held_session_stays_out() -> None:
    ends = {
        action
        for (state, action), cell in SPEAKER_RULES.items()
        if Party.SYSTEM in cell.by and _targets(state, cell.to) & SPEAKER_FINAL
    }
    assert ends == ENDS_BY_ITSELF


@pytest.mark.parametrize("state", sorted(SPEAKER_LIVE))
def test_somebody_can_always_do_something_and_can_always_be_reminded(state: SpeakerState) -> None:
    people = speaker_allowed(state, frozenset(Party) - {Party.SYSTEM, Party.OPERATOR})
    assert people
    assert {SpeakerAction.REMIND, SpeakerAction.ESCALATE} <= set(speaker_allowed(state, frozenset({Party.SYSTEM})))


def test_every_fact_is_an_event_on_the_stream_of_the_record() -> None:
    for fact in SPEAKER_FACTS:
        assert EVENT_TYPES[f"speaker_request.{fact}.v1"].stream == "referral"
