"""Every refusal that a caller can meet: a stable code and the HTTP status it travels with.

A refusal is a rule saying no: final, and shown to a person. Its words stand in `contracts/words`.
"""

from collections.abc import Mapping
from types import MappingProxyType

STATUS: Mapping[str, int] = MappingProxyType(
    {
        "request.malformed": 400,
        "request.key_missing": 400,
        "request.key_reused": 409,
        "request.in_progress": 409,
        "request.invalid": 422,
        "request.too_large": 413,
        "request.not_found": 404,
        "request.method_not_allowed": 405,
        "server.failed": 500,
        "server.unavailable": 503,
        "auth.missing": 401,
        "auth.invalid": 401,
        "auth.expired": 401,
        "auth.left": 401,
        "auth.sign_in_failed": 401,
        "auth.locked": 429,
        "auth.code_failed": 401,
        "auth.password_wrong": 403,
        "auth.password_weak": 422,
        "auth.forbidden": 403,
        "referral.not_found": 404,
        "referral.exists": 409,
        "referral.action_not_allowed": 409,
        "referral.not_yours": 403,
        "referral.changed": 409,
        "referral.family_not_known_yet": 409,
        "referral.family_not_yours": 404,
        "referral.wrong_direction": 422,
        "referral.duplicate_need": 409,
        "referral.consent_missing": 422,
        "referral.unit_unknown": 422,
        "referral.unit_outside_area": 422,
        "referral.unit_gives_no_such_service": 422,
        "referral.unit_already_asked": 409,
        "referral.no_place_left": 409,
        "referral.enlist_first": 409,
        "referral.no_waiting_list": 409,
        "referral.others_wait": 409,
        "referral.not_in_turn": 409,
        "referral.entry_rules_unmet": 422,
        "referral.intake_unknown": 404,
        "referral.intake_exists": 409,
        "referral.intake_days_wrong": 422,
        "referral.intake_overlaps": 409,
        "referral.intake_closed": 409,
        "referral.intake_in_use": 409,
        "referral.intake_places_taken": 409,
        "referral.only_close_or_return": 409,
        "referral.not_for_the_system": 409,
        "referral.nothing_armed": 409,
        "referral.text_needed": 422,
        "referral.questions_used": 409,
        "referral.too_late_to_unaccept": 409,
        "referral.too_late_to_reopen": 409,
        "referral.review_date_out_of_range": 422,
        "referral.hold_needs_supervisor": 403,
        "referral.outcome_reason_needed": 422,
        "referral.proposal_number_needed": 422,
        "referral.programme_needed": 422,
        "referral.too_few_contacts": 409,
        "referral.not_flagged": 409,
        "referral.flagged": 409,
        "referral.cancel_not_due": 409,
        "referral.basis_is_not_consent": 409,
        "referral.basis_is_consent": 409,
        "referral.no_objection": 409,
        "referral.already_stopped": 409,
        "referral.assignee_unknown": 422,
        "referral.void_not_requested": 409,
        "referral.void_already_requested": 409,
        "referral.same_person": 403,
        "referral.no_follow_up": 409,
        "referral.date_in_future": 422,
        "referral.policy_unknown": 422,
        "referral.policy_unusable": 422,
        "referral.policy_unchanged": 409,
        "referral.period_backwards": 422,
        "registry.family_not_found": 404,
        "registry.family_exists": 409,
        "registry.nik_invalid": 422,
        "registry.kk_invalid": 422,
        "registry.nik_taken": 409,
        "registry.paper_too_early": 409,
        "registry.member_exists": 409,
        "registry.member_not_found": 404,
        "registry.member_has_nik": 409,
        "registry.family_full": 409,
        "registry.region_unknown": 422,
        "registry.region_outside_area": 403,
        "registry.decree_unsound": 422,
        "registry.lists_under_way": 409,
        "registry.list_unknown": 404,
        "registry.candidate_gone": 404,
        "registry.link_not_found": 404,
        "registry.link_taken": 409,
        "registry.import_not_found": 404,
        "registry.import_not_checked": 409,
        "registry.import_under_way": 409,
        "registry.import_applied": 409,
        "registry.file_empty": 422,
        "registry.file_unreadable": 422,
        "registry.file_locked": 422,
        "registry.file_macros": 422,
        "registry.file_too_large_inside": 422,
        "registry.file_no_table": 422,
        "registry.file_wrong_list": 422,
        "registry.unit_unknown": 404,
        "registry.officer_unknown": 404,
        "notify.message_not_found": 404,
        "pipes.letter_not_found": 404,
    }
)


class Refused(Exception):
    """A rule said no. *facts* fill the words; they hold ids and codes only.

    *retry_after_seconds* is set where asking again later can help.
    """

    def __init__(self, code: str, *, retry_after_seconds: int | None = None, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts
        self.retry_after_seconds = retry_after_seconds

    @property
    def status(self) -> int:
        return STATUS[self.code]
