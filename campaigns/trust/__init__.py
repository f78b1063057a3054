"""How far a brand can trust a creator: plain Python, from what is on file to a score with parts.

`assess` takes what is known (`Known`) and the weights (`weights.standard`, or the brand's own). It
reads nothing and knows no Django.
"""
