"""Ranking creators for campaigns: asking, counting, taking, and what past campaigns teach."""
