"""The facts that a refusal may carry, how each is put in words, and what is said where one is missing.

This is the one list: whoever raises `Refused(code, **facts)` gives the facts that stand here for its code.
A fact may be an enum's member or its bare code (as it looks after JSON), a date or moment or its ISO text, a
number or a text. Never a name, a NIK or a KK.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.contracts.words.base import Language, Words, spelled
from services.contracts.words.infinitives import INFINITIVES
from services.contracts.words.lifecycle import STATES
from services.contracts.words.moments import say_day, say_moment
from services.contracts.words.numbers import NUMBER_FAULTS
from services.contracts.words.placement import ENTRY_RULES
from services.contracts.words.reasons import DECLINE_REASONS, OUTCOMES
from services.contracts.words.services import SERVICES
from services.contracts.words.speaking.lifecycle import SPEAKER_INFINITIVES, SPEAKER_STATES


@dataclass(frozen=True, slots=True)
class Fact:
    """*neutral* keeps the sentence whole without the fact; *table* holds the words if the fact is a code."""

    neutral: Words
    table: Mapping[Any, Words] | None = None


FACTS: Mapping[str, Fact] = {
    "number": Fact(Words("ini", "in question")),
    "other_number": Fact(Words("lain", "")),
    "state": Fact(Words("sudah berubah", "in another state"), STATES),
    "action": Fact(Words("melakukan langkah ini", "take this step"), INFINITIVES),
    "service": Fact(Words("ini", "this service"), SERVICES),
    "reason": Fact(Words("sudah tercatat", "on record"), DECLINE_REASONS),
    "outcome": Fact(Words("belum terbantu", "not helped"), OUTCOMES),
    "fault": Fact(Words("belum benar", "it is not complete or not correct"), NUMBER_FAULTS),
    "due": Fact(Words("batas waktunya", "the time is over")),
    "earliest": Fact(Words("besok", "tomorrow")),
    "latest": Fact(Words("batas yang diizinkan", "the last day allowed")),
    "minutes": Fact(Words("beberapa", "a few")),
    "policy": Fact(Words("ini", "in question")),
    "known": Fact(Words("tidak ada", "none")),
    "gaps": Fact(Words("isinya tidak terbaca", "it cannot be read")),
    "list": Fact(Words("ini", "in question")),
    "columns": Fact(Words("beberapa kolom", "some columns")),
    "since": Fact(Words("tanggal yang tercatat", "the day on record")),
    "most": Fact(Words("30", "30")),
    "needed": Fact(Words("beberapa", "several")),
    "rules": Fact(Words("ada syarat yang belum terpenuhi", "a rule is not met"), ENTRY_RULES),
    "given": Fact(Words("beberapa", "some")),
    "speaker_state": Fact(Words("sudah berubah", "in another state"), SPEAKER_STATES),
    "speaker_action": Fact(Words("melakukan langkah ini", "take this step"), SPEAKER_INFINITIVES),
    "busy_at": Fact(Words("waktu itu", "that time")),
}

_OF_ONE_REQUEST = (
    *("speaking.changed", "speaking.not_for_the_system", "speaking.times_overlap", "speaking.times_are_agreed"),
    *("speaking.no_such_time", "speaking.no_such_session", "speaking.no_speaker_named", "speaking.move_open"),
    *("speaking.no_move", "speaking.own_move", "speaking.too_late_to_move", "speaking.give_back_instead"),
    "speaking.under_way",
)
FACTS_OF: Mapping[str, tuple[str, ...]] = {
    "auth.locked": ("minutes",),
    "auth.forbidden": ("action",),
    "referral.exists": ("number",),
    "referral.action_not_allowed": ("number", "state", "action"),
    "referral.not_yours": ("number", "action"),
    "referral.changed": ("number",),
    "referral.wrong_direction": ("service",),
    "referral.duplicate_need": ("other_number",),
    "referral.unit_gives_no_such_service": ("service",),
    "referral.no_place_left": ("service",),
    "referral.nothing_armed": ("number",),
    "referral.not_for_the_system": ("number",),
    "referral.enlist_first": ("number",),
    "referral.no_waiting_list": ("number",),
    "referral.others_wait": ("number", "service"),
    "referral.not_in_turn": ("number",),
    "referral.entry_rules_unmet": ("service", "rules"),
    "referral.intake_overlaps": ("service",),
    "referral.intake_closed": ("number",),
    "referral.intake_places_taken": ("given",),
    "referral.only_close_or_return": ("number", "reason"),
    "referral.questions_used": ("number",),
    "referral.too_late_to_unaccept": ("number",),
    "referral.too_late_to_reopen": ("number",),
    "referral.review_date_out_of_range": ("earliest", "latest"),
    "referral.outcome_reason_needed": ("outcome",),
    "referral.too_few_contacts": ("needed",),
    "referral.no_follow_up": ("number",),
    "referral.not_flagged": ("number",),
    "referral.flagged": ("number",),
    "referral.cancel_not_due": ("number", "due"),
    "referral.already_stopped": ("number",),
    "referral.void_not_requested": ("number",),
    "referral.void_already_requested": ("number",),
    "referral.policy_unknown": ("policy", "known"),
    "referral.policy_unusable": ("policy", "gaps"),
    "referral.policy_unchanged": ("number", "policy"),
    **dict.fromkeys(_OF_ONE_REQUEST, ("number",)),
    "speaking.not_yours": ("number", "speaker_action"),
    "speaking.action_not_allowed": ("number", "speaker_state", "speaker_action"),
    "speaking.too_many_sessions": ("most",),
    "speaking.speaker_taken": ("busy_at",),
    "speaking.room_taken": ("busy_at",),
    "registry.nik_invalid": ("fault",),
    "registry.kk_invalid": ("fault",),
    "registry.paper_too_early": ("since",),
    "registry.family_full": ("most",),
    "registry.list_unknown": ("list", "known"),
    "registry.file_wrong_list": ("list", "columns"),
}


def say_fact(name: str, given: object, language: Language) -> str:
    """Return *given* in words; the neutral wording if it is None or empty. Never raises for a known *name*.

    Several codes have commas between them.
    """
    fact = FACTS[name]
    if fact.table is not None and ", " in str(given):
        return "; ".join(say_fact(name, each, language) for each in str(given).split(", "))
    if given is None or given == "":
        return fact.neutral.said(language)
    if fact.table is None:
        return _say_plain(given, language)
    said = spelled(str(given), fact.table, language)
    return said if fact.table is SERVICES else said[:1].lower() + said[1:]


def _say_plain(given: object, language: Language) -> str:
    when = _as_date(given)
    if isinstance(when, datetime) and when.tzinfo is not None:
        return say_moment(when, language)
    return str(given) if when is None else say_day(when, language)


def _as_date(given: object) -> date | None:
    """Return the date or moment that *given* is or spells, else None. A bare number such as `20261124` is none."""
    if isinstance(given, date):
        return given
    text = str(given)
    if text[4:5] != "-":
        return None
    try:
        return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
    except ValueError:
        return None
