"""Applications: a brand's public page, what comes in there, and what becomes of it."""
