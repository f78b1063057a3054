"""How people say they heard of the brand."""
