"""Pages of events: the list, one event, its door, and the creator's own answer."""
