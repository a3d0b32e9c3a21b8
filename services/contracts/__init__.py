"""What the parts say to each other: codes, lifecycle, events, commands, words. Pure: stdlib and pydantic only."""
