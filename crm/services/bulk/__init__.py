"""One change to many creators, in the background: refused ones are named, all can be undone."""
