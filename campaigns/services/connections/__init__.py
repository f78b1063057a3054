"""What people write down of the ties between creators and the brand."""
