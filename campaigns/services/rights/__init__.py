"""What a brand may do with content: given, started, renewed, taken back, and asked for."""
