"""How well lists are linked, and how fast, on lists of which the truth is known."""
