"""Rates of exchange: entered, imported from a file, and what an amount is in another currency."""
