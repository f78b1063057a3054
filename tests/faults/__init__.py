"""Faults on real servers."""

# What tests/faults/hasty.py has beat send. That module changes the application that imports it.
EACH_SECOND = "take-up-errands"
