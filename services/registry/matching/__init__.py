"""The lists that were brought in, laid on each other: who is who, which families are at risk, and what they may need.

A program of its own (`python -m services.registry.matching`), started when a list was applied. It reads what the lists
say, links them (`linking`), assesses each surveyed family (`risk`) by the rule in force and those to come, proposes
(`triage`), and replaces what it said before in one transaction. What a person decided about a link stays.
"""
