"""Every enum whose codes people read, with its words."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from services.contracts import books, codes, lifecycle
from services.contracts.words.base import Words
from services.contracts.words.books import FINDINGS, LINE_FAULTS, REMEDIES
from services.contracts.words.clocks import CLOCKS, MARKS, WAYS_PART
from services.contracts.words.lifecycle import ACTIONS, DECISIONS, PARTIES, STATES
from services.contracts.words.places import AGENCIES, CLOSURE_REASONS, LEVELS, ROLES, STOP_PARTIES
from services.contracts.words.reasons import (
    CLOSE_REASONS,
    DECLINE_REASONS,
    FOLLOW_UPS,
    HOLD_REASONS,
    OUTCOMES,
    PARK_REASONS,
    REOPEN_REASONS,
    RETURN_REASONS,
    VOID_REASONS,
)
from services.contracts.words.services import LEGAL_BASES, PRIORITIES, SERVICES

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
        books.FindingKind: FINDINGS,
        books.Remedy: REMEDIES,
        books.LineFault: LINE_FAULTS,
    }
)
