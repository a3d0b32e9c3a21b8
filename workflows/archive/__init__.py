"""The archive of workflow histories.

Temporal drops the history of a closed run after its retention. Before that each one is put here, compressed: its bytes
go from Temporal to the store and pass through no workflow. See docs/decisions/0013-histories-outlive-temporal.md.
"""
