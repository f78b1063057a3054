"""Reads of this app: what a page takes in a few statements."""
