"""Offers: what may be done with one, its terms, writing, sending and deciding; a module each."""
