"""Content tests: plan them, give pieces their variants, read what came, share new creators out."""
