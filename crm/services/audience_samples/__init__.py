"""Samples of who follows an account: told once, counted, and let go in time."""
