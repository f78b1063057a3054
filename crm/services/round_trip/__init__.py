"""Everything of a brand as one file, and a brand out of such a file (docs/round-trip.md)."""
