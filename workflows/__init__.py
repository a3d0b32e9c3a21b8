"""The waiting.

Owns: the archive of histories, and which version of a case it has seen; a run's whole state is the newest snapshot.
Publishes: nothing.
Consumes: `referral.*` and `speaker_request.*`, and starts or feeds one workflow per referral and request.
Commands: `registry.route`, `referral.offer`, `referral.fire_mark`, the same of requests, `referral.purge_drafts`, and
those of the books.
"""
