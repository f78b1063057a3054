"""Vetting: the review form, asking for reviews, writing them, and what comes of them."""
