"""Pages for caseworkers and operators. No database and no rules of its own.

Owns: nothing that lasts; a session is a sealed cookie.
Asks: the HTTP APIs of referral, registry, notify and workflows, with the token of whoever is signed in.
Listens: to the streams, without a group, so that open pages show what has just happened.
"""
