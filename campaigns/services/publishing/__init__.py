"""Publishing: planned, published, seen where it should be, and how it does at first."""
