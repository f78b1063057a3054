"""The watch over posts and platforms."""
