"""Contracts: their terms, their words, their states, and what follows from an acceptance."""
