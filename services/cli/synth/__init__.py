"""Two lists of people who do not exist, with the truth about who is who: to measure how well lists are linked.

Nothing here knows how the linking works, and the linking knows nothing of this.
"""
