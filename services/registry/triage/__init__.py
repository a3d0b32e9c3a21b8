"""Which service a family may need, by rules that are data. Triage proposes; a person decides.

Pure. Source of the rules: docs/domain.md, services.
"""
