"""Matching creators with campaigns, and with each other: plain Python.

`factors` are what creators are ranked by, `shrink` draws few results towards what is usual, `looks`
says how alike two creators are. `learning` asks ended campaigns what counted; it imports numpy and
scikit-learn within its functions, since only workers need them.
"""
