"""The record of every referral.

Owns: referrals, attempts, timelines, clocks, who may do what next, which places are taken, who read what.
Also: requests for a speaker, their sessions, and what those keep busy (`speaking`).
Publishes: `referral.*` and `speaker_request.*` events, each with the newest snapshot.
Consumes: `registry.*` (units, officers, families) and `notify.stopped`.
Serves: `referral.offer`, `referral.fire_mark`, `referral.purge_drafts`, `referral.ask_follow_ups`, those of the books
and of speakers.
"""
