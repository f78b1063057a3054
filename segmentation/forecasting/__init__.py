"""What a creator's next piece brings: learned from past pieces, with an interval that was tried.

Plain Python and numpy, without Django. What needs numpy is loaded by workers
only; `sums` is for pages.
"""
