"""Pieces of content: planned, drafted, read at gates, talked about, approved."""
