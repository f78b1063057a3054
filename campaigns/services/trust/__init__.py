"""Trust: gathered, computed, stored, and weighed by each brand."""
