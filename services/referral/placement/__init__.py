"""Places in institutions: who may be referred there, in which order one is offered, and the way home afterwards.

`entry` and `effects` are pure; `lists` and `intakes` read and write; `turns` is what a step has to heed and what
follows from it; `way_home` opens the after-care, `figures` counts. Source: docs/decisions, 0030 and 0031.
"""
