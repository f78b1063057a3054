"""Signs about audiences: gathered, looked for, stored, and explained away by people."""
