"""How reliable creators were: gathered, computed, stored."""
