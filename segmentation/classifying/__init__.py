"""What the words of posts say of who made them: plain Python, heavy libraries in workers only.

A classifier takes documents (what a creator wrote) and says for each which values a fact may have,
with a probability and the words that led there. Nothing here decides anything.
"""
