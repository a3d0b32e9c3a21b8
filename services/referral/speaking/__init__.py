"""Requests for a speaker: the record's second aggregate, on the referrals' machinery. Source: docs/speaking.md."""
