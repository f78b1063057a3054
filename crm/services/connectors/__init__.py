"""Connectors: keeping (set up, changed), pulling (asked, page by page), importing (written)."""
