"""What the public hands in to a campaign: taken in, decided about, and erased after a while."""
