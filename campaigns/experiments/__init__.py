"""Experiments by segment: the same offer, different roles, and what can be said about the result.

Plain Python, without Django: nothing here opens a connection or asks the clock. The unit is the
creator, never the click: clicks of one creator resemble each other.

docs/experiments.md is the manual.
"""
