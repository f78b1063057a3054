"""The library: what is in it, how it came there, and where it is used."""
