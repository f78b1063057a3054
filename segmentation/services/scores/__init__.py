"""Score models: write them, count creators' scores by them, and say why a score is what it is."""
