"""Clusters of creators: gathered, tied, grouped, named, laid out and stored by workers."""
