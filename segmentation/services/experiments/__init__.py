"""Experiments of a brand: planned, drawn, read as often as was planned, and ended with a decision.

plans      a draft: the question, the arms, who takes part, how it will be read
people     who would take part now, and in which stratum
assigning  the draw: looked at before, kept at the start, gone on with for late joiners
power      how many creators it takes, from past numbers of the brand or from an expectation
outcomes   what came of each creator between two moments, as the product has measured it
files      the same from a file
looking    a look at the result, computed by a worker, kept with its digest
ending     completed with a decision, or stopped with a reason

The statistics are those of campaigns.experiments; docs/experiments.md is the manual.
"""
