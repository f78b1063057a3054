"""What came back for the money, what attention is worth, other channels, and how few carry it."""
