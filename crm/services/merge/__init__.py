"""Make two creators one, and take it back: docs/duplicates.md, docs/adr/0012.

fields      which values differ, and which one stays
tables      what hangs on a creator: a walk over every foreign key, of upper apps too
recording   move, take out and change rows, so that an undo finds what was
settling    what happens where both creators have a row of which there can be one
parts       what upper apps do themselves, for tables that a walk cannot move
merging     all of it in one transaction, or a count of it
undoing     the way back
"""

from crm.services.merge.fields import GONE, KEPT, Difference, differences
from crm.services.merge.merging import Plan, merge, plan
from crm.services.merge.parts import PARTS, Part
from crm.services.merge.refusals import (
    AlreadyMerged,
    BusyImporting,
    MergeRefused,
    OthersInvolved,
    Outdated,
    UndoRefused,
)
from crm.services.merge.undoing import undo

__all__ = (
    "GONE",
    "KEPT",
    "PARTS",
    "AlreadyMerged",
    "BusyImporting",
    "Difference",
    "MergeRefused",
    "OthersInvolved",
    "Outdated",
    "Part",
    "Plan",
    "UndoRefused",
    "differences",
    "merge",
    "plan",
    "undo",
)
