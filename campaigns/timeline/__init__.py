"""What this app brings to a creator's timeline; a module per idea."""
