"""The record of every referral.

Owns: referrals, attempts, timelines, clocks, who may do what next, which places are taken, who read what.
Publishes: `referral.*` events, each with the newest snapshot.
Consumes: `registry.*` (units, officers, families) and `notify.stopped`.
Serves: `referral.offer`, `referral.fire_mark`, `referral.purge_drafts`, `referral.ask_follow_ups`, and the books'.
"""
