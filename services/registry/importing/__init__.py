"""Lists come in: a file of one agency's list, read, checked row by row, sealed, and laid over what was there before.

`profiles/` says which column is what; `opening` makes one kind of text file out of every kind that people send;
`rows` says of one row what is wrong with it; `checking` is the dry run and `applying` the real one, each by a program
of its own (`python -m services.registry.importing`), so that a large file never takes the memory of those who serve
people.
"""
