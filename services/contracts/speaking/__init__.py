"""What parts say to each other about requests for a speaker: codes, table, snapshot, commands.

A unit asks for somebody who speaks to a group of people it cares for. No family is named, and nobody of the group.
Source: docs/speaking.md.
"""
