"""Briefs: what they say, how they are written, approved, shown and accepted."""
