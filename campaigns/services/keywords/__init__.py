"""Lists of search words, for which campaign they are, and which posts have them."""
