"""Imports that brought something about the creator."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from crm.choices import ImportStatus
from crm.models import (
    FieldValue,
    ImportBatch,
    MetricSnapshot,
    Post,
    Profile,
    Relationship,
)
from crm.timeline.events import Event, Source, Window, name_of


def _find(relationship: Relationship, window: Window) -> Iterator[Event]:
    creator = relationship.creator
    touched = (
        MetricSnapshot.objects.filter(profile__creator=creator).order_by().values("import_batch"),
        Profile.objects.filter(creator=creator).order_by().values("import_batch"),
        Post.objects.filter(creator=creator).order_by().values("import_batch"),
        Relationship.objects.filter(pk=relationship.pk).order_by().values("import_batch"),
        FieldValue.objects.filter(creator=creator).order_by().values("import_batch"),
    )
    rows = ImportBatch.objects.filter(
        brand=relationship.brand,
        status=ImportStatus.APPLIED,
        applied_at__isnull=False,
        pk__in=touched[0].union(*touched[1:]),
    ).select_related("created_by")
    for row in window.rows(rows, at="applied_at", person="created_by"):
        yield Event(
            at=row.applied_at,
            kind="import",
            title=f"Numbers from {row.source}: {row.file_name}",
            who=name_of(row.created_by),
            number=row.pk,
            url=reverse("crm:import", args=[relationship.brand.slug, row.pk]),
            link="The import",
        )


SOURCE = Source("import", "Imports", "file-import", _find)
