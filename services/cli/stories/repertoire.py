"""All stories in the order of the programme. `alone`: while it is played, nothing else may be."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from services.cli.stories import hard_times, homes, plays, speakers
from services.cli.stories.stage import Stage
from services.contracts.cases import CaseKind


@dataclass(frozen=True, slots=True)
class Story:
    number: str
    title: str
    play: Callable[[Stage], Awaitable[str]]
    alone: bool = False
    kind: CaseKind = CaseKind.REFERRAL


def _story(
    play: Callable[[Stage], Awaitable[str]], *, alone: bool = False, kind: CaseKind = CaseKind.REFERRAL
) -> Story:
    number, _, title = (play.__doc__ or "").partition(". ")
    return Story(number, title.strip(), play, alone, kind)


STORIES: tuple[Story, ...] = (
    _story(plays.accompanied),
    _story(plays.rerouted_upward),
    _story(plays.nobody_answers),
    _story(plays.question_and_answer),
    _story(hard_times.consent_withdrawn),
    _story(hard_times.receipt_missing),
    _story(plays.recalled),
    _story(plays.recall_refused),
    _story(plays.disputed),
    _story(plays.two_at_once),
    _story(homes.more_than_places),
    _story(homes.goes_home),
    _story(hard_times.temporal_away, alone=True),
    _story(speakers.other_times, kind=CaseKind.SPEAKER),
    _story(speakers.province_finds_one, kind=CaseKind.SPEAKER),
    _story(speakers.cancelled_with_notice, kind=CaseKind.SPEAKER),
    _story(speakers.one_of_a_series_moved, kind=CaseKind.SPEAKER),
)
