"""Daily series of a brand: kept by hand, by file or over REST; days that explain them; lifts.

keeping    series and their values
importing  a file of values, all of it or nothing, and its undoing
notes      what happened on a day
lifts      how much more came with a campaign than a control says

docs/series.md is the manual.
"""
