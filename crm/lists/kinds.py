"""The kinds of background work and of changes to many that this app has itself."""

from __future__ import annotations

from crm.lists import changes, export
from crm.services.bulk import running
from crm.services.bulk.changes import CHANGES
from crm.services.bulk.relationships import NextStepChange, OwnerChange
from crm.services.bulk.stages import StageMove
from crm.services.bulk.tags import TagGiven, TagTaken
from crm.services.bulk.values import FieldChange
from crm.services.bulk.vettings import VettingAsked
from crm.services.jobs import KINDS, Kind


def add_own_kinds() -> None:
    """Once, when the apps are ready."""
    CHANGES.add("owner", OwnerChange)
    CHANGES.add("next_step", NextStepChange)
    CHANGES.add("stage", StageMove)
    CHANGES.add("field", FieldChange)
    CHANGES.add("tag", TagGiven)
    CHANGES.add("untag", TagTaken)
    CHANGES.add("vetting", VettingAsked)
    KINDS.add(
        running.CHANGE,
        Kind(
            label="Change to many creators",
            work=changes.work,
            tell=running.tell_change,
            undone_by=running.UNDO,
            has_undo=running.has_changed,
        ),
    )
    KINDS.add(
        running.UNDO,
        Kind(label="Undo of a change", work=changes.undo_work, tell=running.tell_undo),
    )
    KINDS.add(export.KIND, Kind(label="Export", work=export.work, tell=export.tell))
