"""Which families are at risk of stunting (KRS), by a rule that is data, over answers that are kept as they were given.

Pure. `krs` assesses one family, `aggregates` counts many, `difference` shows what another version of the rule changes
before it counts. Source of the rule: docs/domain.md.
"""
