"""Moves between stages."""

from __future__ import annotations

from collections.abc import Iterator

from crm.choices import Stage
from crm.models import Relationship, StageChange
from crm.timeline.events import Event, Source, Window, name_of


def _find(relationship: Relationship, window: Window) -> Iterator[Event]:
    rows = StageChange.objects.filter(relationship=relationship).select_related("actor")
    for row in window.rows(rows, at="entered_at", person="actor"):
        stage = Stage(row.stage).label
        if row.from_stage:
            title = f"Moved from {Stage(row.from_stage).label} to {stage}"
        else:
            title = f"Became known as {stage}"
        yield Event(row.entered_at, "stage", title, name_of(row.actor), row.reason, row.pk)


SOURCE = Source("stage", "Stages", "layout-kanban", _find)
