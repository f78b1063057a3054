"""Scores: what a definition says, how it is computed, and how much its weights matter.

Plain Python but for the SQL text, which knows the fact row only by the catalogue's expressions.
"""
