"""Evaluate a brand's segments: `prepare` a plan, `evaluate` it, then write what follows.

rules    a segment's rules compiled, and what they read
plan     what a run has to judge
norms    what is usual among peers
diff     the one statement that finds who moves
limits   that statement, stopped when it takes too long
changes  the change set
evidence what the rules read of those who move
counts   creators, unknowns and what those lack
near     near misses
"""

from segmentation.services.evaluation.changes import explode, store_masks, write_changes
from segmentation.services.evaluation.counts import count_missing, members_of, tally
from segmentation.services.evaluation.diff import diff_query
from segmentation.services.evaluation.evidence import write_evidence
from segmentation.services.evaluation.limits import evaluate
from segmentation.services.evaluation.near import count_near
from segmentation.services.evaluation.plan import Plan, TooManySegments, prepare
from segmentation.services.evaluation.rules import Judged, Reading

__all__ = (
    "Judged",
    "Plan",
    "Reading",
    "TooManySegments",
    "count_missing",
    "count_near",
    "diff_query",
    "evaluate",
    "explode",
    "members_of",
    "prepare",
    "store_masks",
    "tally",
    "write_changes",
    "write_evidence",
)
