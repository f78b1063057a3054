"""What the creator's own pages show, behind their link; a module per idea (campaigns/guests.py)."""
