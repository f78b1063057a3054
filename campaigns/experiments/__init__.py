"""Experiments by segment: the same offer, different roles, and what can be said about the result.

Plain Python, without Django: nothing here opens a connection or asks the clock. The unit is the
creator, never the click: clicks of one creator resemble each other, and a test that counts clicks
finds differences where there are none.

    assignment   assign(...): who gets which arm, at random within strata, reproducible by seed
    power        how many creators it takes to see a difference
    results      Outcome, Plan, Reading, Comparison, Analysis: what goes in and comes out
    jackknife    the rate of an arm and how sure it is, by leaving out one creator at a time
    sequential   how wide an interval must be for those who look more than once
    analysis     analyse(outcomes, plan) -> Analysis: each arm against the control
    words        in_words(analysis): the result as sentences

`allocation` and `analysis` import numpy, and `analysis` and `medians` scipy: for workers. Pages
ask the others.

docs/experiments.md is the manual.
"""
