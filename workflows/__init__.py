"""The waiting.

Owns: the archive of histories, and which version of a referral it has seen; a run's whole state is the newest snapshot.
Publishes: nothing.
Consumes: `referral.*`, and starts or feeds one workflow per referral.
Commands: `registry.route`, `referral.offer`, `referral.fire_mark`, `referral.purge_drafts`, and those of the books.
"""
