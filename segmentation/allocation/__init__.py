"""How a budget is spent best: a mixed-integer program, without Django.

`problem` and `answer` are plain Python; `solve` takes scipy, and only workers load it.
"""
