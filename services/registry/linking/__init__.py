"""Two lists laid on each other: who of the survey (PK) is who in the welfare register (DTSEN).

`reading` brings both into one shape, `spelling` makes names comparable, `probable` weighs each pair that could be one
person, `deciding` looks at whole families and says `join` or `review`. The program is `__main__`. Why it is so:
docs/decisions/0016-how-two-lists-are-linked.md.
"""
