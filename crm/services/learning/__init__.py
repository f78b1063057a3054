"""Sorting texts by what a brand's own people said of others, by plain weights of words."""
