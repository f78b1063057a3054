"""Imports: from a file to creators, profiles, posts and history, and back again.

batches (upload, mapping) -> running (check, apply: staging, matching, changes, writing) -> undoing.
"""
