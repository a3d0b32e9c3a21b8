"""Archived histories, run through the workflow code of this installation.

A program of its own, `python -m workflows.replay`: it takes all of a processor and stands before no deadline.
"""
