"""The registry: who works where, what each office offers, and which families are known.

Owns: areas, units, officers and their accounts, families and their members, who may read a family and who did.
Publishes: `registry.*` events, ids and codes only.
Consumes: `referral.*`: which unit reads a family because of which referral, and what became of it.
Serves: `registry.route`.
"""
