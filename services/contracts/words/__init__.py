"""What people read: Indonesian and English words for every code.

`word` for a code, `reason` for a snapshot's reason, `infinitive` for an action inside a sentence, `fact_sentence`
for the timeline, `refusal` for a rule that said no, `pick_language` for a reader's choice. Adding a code without its
words fails a test.
"""

from collections.abc import Mapping
from enum import StrEnum

from services.contracts.lifecycle import Action
from services.contracts.speaking.lifecycle import SpeakerAction
from services.contracts.words.base import DEFAULT_LANGUAGE, LANGUAGES, Language, Words, spelled
from services.contracts.words.infinitives import INFINITIVES
from services.contracts.words.language import pick_language
from services.contracts.words.moments import say_day, say_moment, say_moment_of_week
from services.contracts.words.numbers import NUMBER_FAULTS, NUMBER_WARNINGS
from services.contracts.words.reasons import REASONS
from services.contracts.words.refusals import REFUSALS, SaidRefusal, refusal
from services.contracts.words.speaking.lifecycle import SPEAKER_FACT_SENTENCES, SPEAKER_INFINITIVES
from services.contracts.words.speaking.reasons import SPEAKER_REASONS
from services.contracts.words.tables import WORDS
from services.contracts.words.timeline import FACT_SENTENCES, SOMETHING_CHANGED

ALL_REASONS: Mapping[str, Words] = {**SPEAKER_REASONS, **REASONS}

__all__ = [
    "ALL_REASONS",
    "DEFAULT_LANGUAGE",
    "LANGUAGES",
    "REFUSALS",
    "WORDS",
    "Language",
    "SaidRefusal",
    "Words",
    "fact_sentence",
    "infinitive",
    "number_fault",
    "number_warning",
    "pick_language",
    "reason",
    "refusal",
    "say_day",
    "say_moment",
    "say_moment_of_week",
    "speaking_sentence",
    "word",
]


def word(code: StrEnum, language: Language) -> str:
    """Return the label of *code*. Raises KeyError for an enum that has no words: a mistake of ours, not of a caller."""
    return WORDS[type(code)][code].said(language)


def infinitive(action: Action | SpeakerAction, language: Language) -> str:
    """Return *action* as it stands inside a sentence: `menerima rujukan ini`, `accept it`."""
    if isinstance(action, SpeakerAction):
        return SPEAKER_INFINITIVES[action].said(language)
    return INFINITIVES[action].said(language)


def fact_sentence(fact: str, language: Language) -> str:
    """Return the timeline's sentence for *fact*, in the past tense, without a full stop."""
    return FACT_SENTENCES.get(fact, SOMETHING_CHANGED).said(language)


def speaking_sentence(fact: str, language: Language) -> str:
    """Return the sentence for *fact* of a speaker request, in the past tense, without a full stop."""
    return SPEAKER_FACT_SENTENCES.get(fact, SOMETHING_CHANGED).said(language)


def reason(code: str, language: Language) -> str:
    """Return the words of a snapshot's *reason*, whichever list it is from; the bare code if it is in none."""
    return spelled(code, ALL_REASONS, language)


def number_fault(code: str, language: Language) -> str:
    """Return what is wrong with a NIK or KK, to stand after "NIK ..." or "because ..."."""
    return spelled(code, NUMBER_FAULTS, language)


def number_warning(code: str, language: Language) -> str:
    """Return what looks odd about a NIK, and what to do about it."""
    return spelled(code, NUMBER_WARNINGS, language)
