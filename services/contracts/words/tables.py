"""Every enum whose codes people read, with its words."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from services.contracts import books, codes, lifecycle
from services.contracts.speaking import codes as speaking_codes
from services.contracts.speaking import lifecycle as speaking_lifecycle
from services.contracts.words.base import Words
from services.contracts.words.books import BOOKS, FINDINGS, LINE_FAULTS, REMEDIES
from services.contracts.words.clocks import CLOCKS, MARKS, WAYS_PART
from services.contracts.words.lifecycle import ACTIONS, DECISIONS, PARTIES, STATES
from services.contracts.words.placement import ENTRY_RULES, MARITAL_STATUSES, SCHOOLING
from services.contracts.words.places import AGENCIES, CLOSURE_REASONS, LEVELS, ROLES, STOP_PARTIES
from services.contracts.words.reasons import (
    CLOSE_REASONS,
    DECLINE_REASONS,
    FOLLOW_UPS,
    HOLD_REASONS,
    OUTCOMES,
    PARK_REASONS,
    PLACE_REFUSALS,
    REOPEN_REASONS,
    RETURN_REASONS,
    VOID_REASONS,
)
from services.contracts.words.services import LEGAL_BASES, PRIORITIES, SERVICES
from services.contracts.words.speaking import codes as speaking
from services.contracts.words.speaking import lifecycle as speaking_steps
from services.contracts.words.speaking import reasons as speaking_reasons

# By enum first: `not_eligible` is a DeclineReason, a CloseReason and an Outcome, and equal codes share a hash.
WORDS: Mapping[type[StrEnum], Mapping[Any, Words]] = MappingProxyType(
    {
        lifecycle.State: STATES,
        lifecycle.Action: ACTIONS,
        lifecycle.Party: PARTIES,
        codes.Service: SERVICES,
        codes.Priority: PRIORITIES,
        codes.LegalBasis: LEGAL_BASES,
        codes.DeclineReason: DECLINE_REASONS,
        codes.ReturnReason: RETURN_REASONS,
        codes.CloseReason: CLOSE_REASONS,
        codes.HoldReason: HOLD_REASONS,
        codes.ParkReason: PARK_REASONS,
        codes.Decision: DECISIONS,
        codes.ReopenReason: REOPEN_REASONS,
        codes.VoidReason: VOID_REASONS,
        codes.PlaceRefusalReason: PLACE_REFUSALS,
        codes.MaritalStatus: MARITAL_STATUSES,
        codes.Schooling: SCHOOLING,
        codes.EntryRule: ENTRY_RULES,
        codes.Outcome: OUTCOMES,
        codes.FollowUp: FOLLOW_UPS,
        codes.ClockName: CLOCKS,
        codes.Mark: MARKS,
        codes.WaysPart: WAYS_PART,
        codes.Agency: AGENCIES,
        codes.Level: LEVELS,
        codes.Role: ROLES,
        codes.StopParty: STOP_PARTIES,
        codes.WhyClosed: CLOSURE_REASONS,
        speaking_lifecycle.SpeakerState: speaking_steps.SPEAKER_STATES,
        speaking_lifecycle.SpeakerAction: speaking_steps.SPEAKER_ACTIONS,
        speaking_codes.Topic: speaking.TOPICS,
        speaking_codes.AgeGroup: speaking.AGE_GROUPS,
        speaking_codes.SpokenLanguage: speaking.SPOKEN_LANGUAGES,
        speaking_codes.Material: speaking.MATERIALS,
        speaking_codes.SessionStatus: speaking.SESSION_STATUSES,
        speaking_codes.Side: speaking.SIDES,
        speaking_codes.SpeakerClock: speaking.SPEAKER_CLOCKS,
        speaking_codes.SpeakerParkReason: speaking_reasons.SPEAKER_PARK_REASONS,
        speaking_codes.SpeakerDeclineReason: speaking_reasons.SPEAKER_DECLINE_REASONS,
        speaking_codes.GiveBackReason: speaking_reasons.GIVE_BACK_REASONS,
        speaking_codes.WithdrawReason: speaking_reasons.WITHDRAW_REASONS,
        speaking_codes.CancelReason: speaking_reasons.CANCEL_REASONS,
        speaking_codes.MissReason: speaking_reasons.MISS_REASONS,
        speaking_codes.NotHeld: speaking_reasons.NOT_HELD,
        books.Book: BOOKS,
        books.FindingKind: FINDINGS,
        books.Remedy: REMEDIES,
        books.LineFault: LINE_FAULTS,
    }
)
