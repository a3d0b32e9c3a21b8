"""What the parts say to each other: codes, lifecycle, events, commands, words, and who may read a family.

Pure: stdlib and pydantic only.
"""
