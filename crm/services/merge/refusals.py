"""Why two creators are not made one, or not two again; the words are fit for the user."""

from __future__ import annotations


class MergeRefused(Exception):
    """Nothing was changed."""

    code = "refused"


class NotTwo(MergeRefused):
    """Both are the same creator."""

    code = "not_two"
    field = "gone"


class AlreadyMerged(MergeRefused):
    """Somebody was quicker: one of the two is part of another creator already."""

    code = "already_merged"


class OthersInvolved(MergeRefused):
    """Another brand works with the creator that would go, and the user has no say there."""

    code = "others_involved"


class BusyImporting(MergeRefused):
    """An import is writing this moment, and may be matching rows to either of the two."""

    code = "busy_importing"


class Outdated(MergeRefused):
    """What the user saw is no longer so."""

    code = "outdated"


class UndoRefused(MergeRefused):
    """Something newer counts on the merge."""

    code = "cannot_undo"
