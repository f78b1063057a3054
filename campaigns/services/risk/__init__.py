"""How risky it is to work with a creator: gathered, computed, stored, and overridden by people."""
