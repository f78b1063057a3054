"""Evaluate a brand's segments: `prepare` a plan, `evaluate` it, then write what follows.

rules    a segment's rules compiled, and what they read
plan     what a run has to judge
norms    what is usual among peers
diff     the one statement that finds who moves
limits   that statement, stopped when it takes too long
changes  the change set
counts   members, unknowns and what those lack
near     near misses
"""

from segmentation.services.evaluation.changes import store_masks, write_changes
from segmentation.services.evaluation.counts import Found, count_found, population
from segmentation.services.evaluation.diff import diff_query
from segmentation.services.evaluation.limits import evaluate
from segmentation.services.evaluation.near import count_near
from segmentation.services.evaluation.plan import Plan, TooManySegments, prepare
from segmentation.services.evaluation.rules import Judged, Reading

__all__ = (
    "Found",
    "Judged",
    "Plan",
    "Reading",
    "TooManySegments",
    "count_found",
    "count_near",
    "diff_query",
    "evaluate",
    "population",
    "prepare",
    "store_masks",
    "write_changes",
)
